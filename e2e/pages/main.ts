import * as sse from 'sse-broker'
import { stateAfterUsing } from './awaitUsing.js'
import { createExtendedBroker } from './extendedBroker.js'
import { ledgerOf, startLedger } from './ledger.js'
import { marketSchemas } from './marketSchemas.js'
import { brokerOf, readerOf, startReader } from './readers.js'
import { describeError } from './recording.js'
import { storedText } from './storedText.js'

const page = {
  sse,
  brokerOf,
  startReader,
  readerOf,
  startLedger,
  ledgerOf,
  describeError,
  storedText,
  stateAfterUsing,
  createExtendedBroker,
  marketSchemas,
}

declare global {
  /** What the page gives to `page.evaluate` beside the package itself. */
  interface Window {
    readonly sse: typeof sse
    readonly brokerOf: typeof brokerOf
    readonly startReader: typeof startReader
    readonly readerOf: typeof readerOf
    readonly startLedger: typeof startLedger
    readonly ledgerOf: typeof ledgerOf
    readonly describeError: typeof describeError
    readonly storedText: typeof storedText
    readonly stateAfterUsing: typeof stateAfterUsing
    readonly createExtendedBroker: typeof createExtendedBroker
    readonly marketSchemas: typeof marketSchemas
  }
}

Object.assign(window, page)
