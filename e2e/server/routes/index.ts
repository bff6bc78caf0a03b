import type { Exchange } from '../exchange.js'
import type { Routes, Scene } from '../route.js'
import { cuts } from './cuts.js'
import { formats } from './formats.js'
import { mixed } from './mixed.js'
import { numbers } from './numbers.js'
import { orders } from './orders.js'
import { refusals } from './refusals.js'
import { requests } from './requests.js'

export const routes: Routes = {
  ...numbers,
  ...cuts,
  ...refusals,
  ...formats,
  ...mixed,
  ...orders,
  ...requests,
  /** Where a page tells what it has taken, so that the test knows it even when the page is killed. */
  '/took': (exchange) => exchange.answer(204),
  /** Where a page asks whether it may leave, or come back: answered when the test says so. */
  '/stay-here': answerAtGate,
  '/stay-away': answerAtGate,
}

async function answerAtGate(exchange: Exchange, { gate }: Scene): Promise<void> {
  await gate
  exchange.answer(204)
}
