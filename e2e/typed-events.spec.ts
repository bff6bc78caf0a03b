import { expect, test } from './test.js'

// Schemas, codecs, matches and filters, in the browser and through the worker.

test('a codec of the own worker makes what its sessions get, its failures included', async ({
  server,
  openTab,
}) => {
  const gate = server.gate('/orders')
  const { page } = await openTab()
  const got = page.evaluate(async () => {
    const broker = window.createExtendedBroker()
    const coded = await broker.sseSession('/orders', { deserialize: { codec: 'order' } })
    const plain = await broker.sseSession('/orders')
    const texts: string[] = []
    plain.on('order', ({ data }) => texts.push(data))
    await fetch('/took')
    const totals: number[] = []
    const errors: unknown[] = []
    while (totals.length < 3) {
      try {
        for await (const { data } of coded.incoming) if (totals.push(data.total) === 3) break
      } catch (error) {
        errors.push({
          ...window.describeError(error),
          event: error instanceof window.sse.DecodeError && error.event,
        })
      }
    }
    return { totals, errors, texts }
  })
  await server.until(() => server.requests('/took').length === 1)
  gate.open()
  const { totals, errors, texts } = await got
  expect(totals).toEqual([9.5, 120, 99])
  expect(errors).toMatchObject([
    { sse: { code: 'decode' }, event: { id: '3', event: 'order', data: 'broken' } },
  ])
  expect(texts).toEqual(['1:9.50', '2:120', 'broken', '4:99'])
  expect(server.requests('/orders')).toHaveLength(1)
})

test('a filter of the own worker, with parameters', async ({ openTab }) => {
  const { page } = await openTab()
  const ids = await page.evaluate(async () => {
    const session = await window.createExtendedBroker().sseSession('/orders', {
      filter: { name: 'over', params: 50 },
    })
    const got: string[] = []
    for await (const { id } of session.incoming) if (got.push(id) === 2) break
    return got
  })
  expect(ids).toEqual(['2', '4'])
})

test('an unknown codec or filter is refused at the call, with those that there are', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  const errors = await page.evaluate(async () => {
    const extended = window.createExtendedBroker()
    const attempts = [
      // @ts-expect-error: the compiler knows the codecs too
      () => extended.sseSession('/orders', { deserialize: { codec: 'ordr' } }),
      () => extended.sseSession('/orders', { filter: { name: 'under' } }),
      () => window.sse.broker.sseSession('/orders', { deserialize: { codec: 'order' } }),
    ]
    const thrown: ReturnType<typeof window.describeError>[] = []
    for (const attempt of attempts) {
      await attempt().catch((error: unknown) => thrown.push(window.describeError(error)))
    }
    return thrown
  })
  expect(errors.map(({ sse }) => sse?.code)).toEqual(['options', 'options', 'options'])
  expect(errors[0]?.message).toContain("'ordr', which the worker does not know. Allowed: 'order'")
  expect(errors[1]?.message).toContain("'under', which the worker does not know. Allowed: 'over'")
  expect(errors[2]?.message).toContain('this worker has no codecs')
  expect(server.exchanges).toEqual([])
})

test('KTOR 13: schemas by name type and validate; a failure leaves the stream and other sessions alone', async ({
  server,
  openTab,
}) => {
  const gate = server.gate('/market')
  const { page } = await openTab()
  const got = page.evaluate(async () => {
    const { broker } = window.sse
    const { price, halted } = window.marketSchemas
    const session = await broker.sseSession('/market', { events: { price, halted } })
    const other = await broker.sseSession('/market', { deserialize: (data) => data.length })
    const lengths: number[] = []
    other.on('*', ({ data }) => lengths.push(data))
    await fetch('/took')
    const lines: string[] = []
    const failures: unknown[] = []
    while (lines.length < 4) {
      try {
        for await (const event of session.incoming) {
          if (event.event === 'price') lines.push(`${event.data.symbol} at ${event.data.price.toFixed(2)}`)
          else lines.push(`${event.data.symbol} halted`)
          if (lines.length === 4) break
        }
      } catch (error) {
        if (!(error instanceof window.sse.DecodeError)) throw error
        failures.push({ code: error.code, id: error.event.id, issues: error.issues?.length })
      }
    }
    return { lines, failures, lengths, state: other.status.state }
  })
  await server.until(() => server.requests('/took').length === 1)
  gate.open()
  expect(await got).toEqual({
    lines: ['A at 1.00', 'B halted', 'B at 3.00', 'A halted'],
    failures: [{ code: 'decode', id: '3', issues: 1 }],
    lengths: [24, 14, 28, 24, 7, 14],
    state: 'open',
  })
})

test('match and a filter in the tab', async ({ openTab }) => {
  const { page } = await openTab()
  const got = await page.evaluate(async () => {
    const { broker } = window.sse
    const matched = await broker.sseSession('/market', { match: { symbol: 'B' } })
    const filtered = await broker.sseSession('/market?filtered', {
      events: ['price'],
      deserialize: (data): { price: unknown } => JSON.parse(data),
      filter: ({ data }) => typeof data.price === 'number',
    })
    const ids = async (session: typeof matched | typeof filtered): Promise<string[]> => {
      const list: string[] = []
      for await (const { id } of session.incoming) if (list.push(id) === 2) break
      return list
    }
    return { matched: await ids(matched), filtered: await ids(filtered) }
  })
  expect(got).toEqual({ matched: ['2', '4'], filtered: ['1', '4'] })
})

test('an error is recognized by name and code, whichever realm it is of', async ({ openTab }) => {
  const { page } = await openTab()
  const found = await page.evaluate(async () => {
    const frame = document.createElement('iframe')
    frame.src = '/'
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
    document.body.append(frame)
    await loaded
    const other = frame.contentWindow
    if (other === null) throw new Error('no frame')
    const error: unknown = await other.sse.broker.sseSession('/not-found').catch((thrown: unknown) => thrown)
    return {
      isOurs: error instanceof window.sse.SseError,
      isSseError: window.sse.isSseError(error),
      status: window.sse.isSseError(error) ? error.response?.status : undefined,
    }
  })
  expect(found).toEqual({ isOurs: false, isSseError: true, status: 404 })
})
