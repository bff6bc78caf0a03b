import type { RecordedError } from './pages/recording.js'
import { expect, test } from './test.js'

interface WrongOption {
  option: string
  value: unknown
  /** How the message shows the value. */
  shown: string
  /** What it says of what is allowed. */
  allowed: string
}

const wrongDefaults: WrongOption[] = [
  { option: 'reconnectionTime', value: -1, shown: '-1', allowed: 'milliseconds' },
  { option: 'reconnectionTime', value: 'soon', shown: "'soon'", allowed: 'milliseconds' },
  // A longer one would overflow the browser's timer, and fire at once.
  { option: 'reconnectionTime', value: 3_000_000_000, shown: '3000000000', allowed: '2147483647' },
  { option: 'maxReconnectionAttempts', value: 1.5, shown: '1.5', allowed: 'a whole number' },
  { option: 'maxReconnectionAttempts', value: -1, shown: '-1', allowed: 'a whole number' },
  { option: 'maxReconnectionAttempts', value: '3', shown: "'3'", allowed: 'a whole number' },
  { option: 'showCommentEvents', value: 'yes', shown: "'yes'", allowed: 'true or false' },
  { option: 'showRetryEvents', value: 1, shown: '1', allowed: 'true or false' },
  { option: 'idleTimeoutMs', value: -5, shown: '-5', allowed: 'milliseconds' },
  { option: 'connectTimeoutMs', value: 0, shown: '0', allowed: 'from 1 to 2147483647' },
  { option: 'retryOn', value: [200], shown: '[200]', allowed: 'statuses' },
  { option: 'backoff', value: true, shown: 'true', allowed: 'false, or {' },
  { option: 'bufferPolicy', value: 'some', shown: "'some'", allowed: "'lastEvent'" },
  { option: 'resume', value: 'disk', shown: "'disk'", allowed: "'persisted'" },
  { option: 'reconectionTime', value: 3000, shown: '3000', allowed: 'reconnectionTime' },
]

const wrongOfSession: WrongOption[] = [
  ...wrongDefaults,
  { option: 'events', value: 'price', shown: "'price'", allowed: 'an array of event names' },
  { option: 'events', value: ['price', 7], shown: "['price', 7]", allowed: 'an array of event names' },
  { option: 'events', value: [], shown: '[]', allowed: 'not empty' },
  { option: 'deserialize', value: 'xml', shown: "'xml'", allowed: "'json'" },
  { option: 'method', value: 'NO METHOD', shown: "'NO METHOD'", allowed: 'that fetch allows' },
  { option: 'body', value: 'x', shown: "'x'", allowed: 'none with the method GET' },
  { option: 'headers', value: { 'no good': 'x' }, shown: 'an object', allowed: 'what fetch takes' },
  { option: 'credentials', value: 'always', shown: "'always'", allowed: "'same-origin'" },
  { option: 'filter', value: { params: 1 }, shown: 'an object', allowed: '{ name, params }' },
  { option: 'match', value: ['a'], shown: "['a']", allowed: 'JSON' },
  { option: 'signal', value: 'stop', shown: "'stop'", allowed: 'AbortSignal' },
]

const wrongOfBroker: WrongOption[] = [
  ...wrongDefaults,
  { option: 'name', value: 7, shown: '7', allowed: 'a string' },
  { option: 'workerUrl', value: 7, shown: '7', allowed: 'a URL' },
]

function expectToName(errors: readonly (RecordedError | undefined)[], cases: readonly WrongOption[]): void {
  cases.forEach(({ option, shown, allowed }, index) => {
    const error = errors[index]
    expect(error?.sse?.code, option).toBe('options')
    for (const part of [`'${option}'`, shown, allowed]) expect(error?.message).toContain(part)
  })
}

test('a wrong option of a session throws at the call and names option, value and what is allowed', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  const errors = await page.evaluate(async (cases) => {
    const { broker } = window.sse
    const thrown: RecordedError[] = []
    for (const { option, value } of cases) {
      await broker
        .sseSession('/live/options', { [option]: value })
        .catch((error: unknown) => thrown.push(window.describeError(error)))
    }
    return thrown
  }, wrongOfSession)
  expectToName(errors, wrongOfSession)

  const errorsOfBlocks = await page.evaluate(async (cases) => {
    const { broker } = window.sse
    const thrown: RecordedError[] = []
    for (const { option, value } of cases) {
      await broker
        .sse('/live/options', { [option]: value }, () => {})
        .catch((error: unknown) => thrown.push(window.describeError(error)))
    }
    return thrown
  }, wrongOfSession)
  expectToName(errorsOfBlocks, wrongOfSession)
  expect(server.exchanges).toEqual([])
})

test('a wrong option of a broker throws at the call and names option, value and what is allowed', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  const errors = await page.evaluate((cases) => {
    const thrown: RecordedError[] = []
    for (const { option, value } of cases) {
      try {
        window.sse.createBroker({ [option]: value })
      } catch (error) {
        thrown.push(window.describeError(error))
      }
    }
    return thrown
  }, wrongOfBroker)
  expectToName(errors, wrongOfBroker)
  expect(server.exchanges).toEqual([])
})

test('an address that is no http URL throws at the call and is named', async ({ server, openTab }) => {
  const { page } = await openTab()
  const wrong = [
    'http://',
    'ftp://host/file',
    'data:text/event-stream,',
    'javascript:1',
    'http://host:port/',
    { scheme: 'ftp', host: 'host' },
    { port: 70_000 },
    { port: 1.5 },
    { host: 'a<b' },
  ]
  const errors = await page.evaluate(async (addresses) => {
    const thrown: RecordedError[] = []
    for (const address of addresses) {
      await window.sse.broker
        .sseSession(address)
        .catch((error: unknown) => thrown.push(window.describeError(error)))
    }
    return thrown
  }, wrong)
  wrong.forEach((address, index) => {
    expect(errors[index]?.sse?.code).toBe('options')
    const wrongPart = typeof address === 'string' ? address : Object.values(address)[0]
    expect(errors[index]?.message).toContain(String(wrongPart))
  })
  expect(errors).toHaveLength(wrong.length)
  expect(server.exchanges).toEqual([])
})
