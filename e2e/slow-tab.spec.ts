import { expect, numbers, test } from './test.js'

// Small events reach the bound on their number, large ones that on their characters.
for (const size of [100, 1000]) {
  test(`a tab that never reads events of ${size} characters neither grows without bound nor costs another an event`, async ({
    server,
    openTab,
  }) => {
    const path = '/flood'
    const count = 15_000
    const address = `${path}?count=${count}&size=${size}`
    const gate = server.gate(path)
    const sleeping = await openTab()
    const sleeper = await sleeping.read(address, {}, { stopAfter: 0 })
    const reading = await openTab()
    const checked = reading.page.evaluate(
      async ({ wanted, last }) => {
        const session = await window.sse.broker.sseSession(wanted)
        let expected = 1
        for await (const { id, data } of session.incoming) {
          if (Number(id) !== expected || !data.startsWith(`event ${expected} `))
            return `${id} instead of ${expected}`
          if (expected === last) break
          expected += 1
        }
        return expected
      },
      { wanted: address, last: count },
    )
    await expect.poll(async () => (await reading.inspect()).streams[0]?.sessions.length).toBe(2)
    gate.open()
    expect(await checked).toBe(count)
    expect(server.requests(path)).toHaveLength(1)
    expect(server.requests(path)[0]?.bytes).toBeGreaterThan(count * size)

    // The session that slept has what its bounds allow, not the flood.
    const [stream] = (await sleeping.inspect()).streams
    const session = stream?.sessions[0]
    expect(session?.queued).toBeLessThanOrEqual(4096)
    expect(session?.queuedChars).toBeLessThanOrEqual(4_194_304)
    expect(session?.inFlight).toBeLessThanOrEqual(1024)
    expect(session?.lost).toBeGreaterThan(count / 2)

    await sleeper.goOn()
    const taken = await sleeper.numbersUpTo(count)
    expect(taken).toEqual([...taken].sort((a, b) => a - b))
    expect(new Set(taken).size).toBe(taken.length)
    expect(taken.length + (session?.lost ?? 0)).toBe(count)
    const told = (await sleeper.gaps()).map(({ reason, lost }) => ({ reason, lost }))
    expect(told).toEqual([{ reason: 'overflow', lost: session?.lost }])
    expect(taken.slice(-1000)).toEqual(numbers(count - 999, count))
  })
}

test('a burst of 100,000 events overflows nobody who reads', async ({ server, openTab }) => {
  const [path, count] = ['/flood', 100_000]
  const address = `${path}?count=${count}&size=20`
  const gate = server.gate(path)
  const tabs = [await openTab(), await openTab(), await openTab()]
  const taken = tabs.map(({ page }) =>
    page.evaluate(
      async ({ wanted, last }) => {
        const session = await window.sse.broker.sseSession(wanted)
        const gaps: unknown[] = []
        session.onGap((gap) => gaps.push(gap))
        let expected = 0
        for await (const { id } of session.incoming) {
          expected += 1
          if (Number(id) !== expected) return { gaps, instead: id, expected }
          if (expected === last) break
        }
        return { gaps, expected }
      },
      { wanted: address, last: count },
    ),
  )
  const [first] = tabs
  await expect.poll(async () => (await first?.inspect())?.streams[0]?.sessions.length).toBe(3)
  gate.open()
  for (const each of taken) expect(await each).toEqual({ gaps: [], expected: count })
  expect(server.requests(path)).toHaveLength(1)
})
