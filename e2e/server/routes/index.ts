import type { Routes } from '../route.js'
import { cuts } from './cuts.js'
import { formats } from './formats.js'
import { numbers } from './numbers.js'
import { orders } from './orders.js'
import { refusals } from './refusals.js'
import { requests } from './requests.js'

export const routes: Routes = {
  ...numbers,
  ...cuts,
  ...refusals,
  ...formats,
  ...orders,
  ...requests,
  /** Where a page tells what it has taken, so that the test knows it even when the page is killed. */
  '/took': (exchange) => exchange.answer(204),
}
