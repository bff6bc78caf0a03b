import { CREDIT_EVENTS } from '../../src/protocol/credit.js'
import { LOG_MAX_EVENTS } from '../../src/core/eventLog.js'
import { STRETCH_CHARS } from '../../src/core/connectionReader.js'
import type { StreamSnapshot } from '../../src/protocol/snapshot.js'
import type { ModelSession } from './modelSession.js'
import type { World } from './world.js'

/** The shortest block that a server sends. */
const SHORTEST_BLOCK = 9

/** Throws when one of the sentences of docs/delivery.md does not hold at this moment. */
export function checkNow(world: World): void {
  const { runningWorker } = world
  if (runningWorker !== undefined) {
    const { tabs, streams } = runningWorker.hub.inspect()
    const seated = world.seatedIn(new Set(tabs.map(({ id }) => id)))
    for (const stream of streams) {
      checkBounds(world, stream)
      checkNotAhead(world, stream, seated)
      checkReading(world, stream)
    }
  }
  for (const session of world.sessions) checkPrompt(world, session)
  throwViolations(world)
}

function throwViolations({ story, violations }: World): void {
  if (violations.length > 0) throw new Error([story, ...violations].join('\n'))
}

/** Sentence 4: no queue is unbounded. */
function checkBounds(world: World, { sessions }: StreamSnapshot): void {
  const { limit } = world.plan
  for (const { tab, pace, queued, inFlight } of sessions) {
    if (inFlight > CREDIT_EVENTS) world.violated(`${tab} has ${inFlight} events in flight`)
    const most = pace === 'behind' ? limit : limit + LOG_MAX_EVENTS + STRETCH_CHARS / SHORTEST_BLOCK
    if (queued > most) world.violated(`${tab} is ${pace} with ${queued} events queued`)
  }
}

/** Sentence 3: what is kept lies before all that an attached session has not taken. */
function checkNotAhead(
  world: World,
  { url, keptCursor, sessions }: StreamSnapshot,
  seated: readonly ModelSession[],
): void {
  const stored = [...world.store.cursors].find(([key]) => key.includes(url))?.[1].id
  for (const { server, expectation, seat, seats, session } of seated) {
    if (server.url !== url) continue
    // One that has taken nothing knows no id that lies before what it has; when it comes back, nothing can be kept for it.
    if (seats > 1 && !expectation.hasTaken) continue
    const hasLost =
      expectation.told > 0 ||
      expectation.gaps.unresumable > 0 ||
      sessions.some(({ tab, lost }) => tab === seat?.id && lost > 0)
    const untaken = hasLost ? expectation.oldestHere : expectation.oldestUntaken
    if (untaken === undefined) continue
    for (const [where, id] of [
      ['cursor', keptCursor],
      // A stream that has no id to go back to leaves the disk what it is: with '' there, even more would be lost.
      ...(world.store.isFaithful && keptCursor !== '' ? [['disk', stored ?? ''] as const] : []),
    ] as const) {
      const kept = server.serialOf(id)
      if (kept !== undefined && kept >= untaken) {
        world.violated(
          `the ${where} is at ${id} and session ${session.id} of ${seat?.id} has not taken ${untaken}`,
        )
      }
    }
  }
}

/** Sentence 4: a stream that nobody holds is read; one that is held is held for one patience each. */
function checkReading(world: World, { url, sessions }: StreamSnapshot): void {
  const isHeld = sessions.some(({ pace }) => pace === 'held')
  const now = world.clock.now()
  const since = world.heldSince.get(url)
  if (!isHeld) {
    world.heldSince.delete(url)
    const unread = [...(world.runningWorker?.streams.get(url)?.connections ?? [])].some(
      (connection) => !connection.closed && connection.isAnswered && connection.unread > 0,
    )
    if (unread) world.violated(`${url} is not read, and nobody holds it`)
  } else if (since === undefined) {
    world.heldSince.set(url, now)
  } else if (now - since > 1000 * sessions.length) {
    world.violated(`${url} has been held for ${now - since} ms`)
  }
}

/** Sentence 1: whoever reads loses nothing to overflow. */
function checkPrompt(world: World, { isPrompt, expectation, server }: ModelSession): void {
  if (isPrompt && expectation.gaps.overflow > 0)
    world.violated(`a reader of ${server.url} has lost ${expectation.told}`)
}

/** Everything gets well, and time passes: then nothing is owed, and nothing is pending. */
export async function checkWhenHealed(world: World): Promise<void> {
  world.heal()
  const isSettled = (): boolean =>
    (world.runningWorker?.hub.inspect().streams ?? []).every(({ status }) => status.state === 'open') &&
    world.sessions.every(
      ({ opening, end, expectation }) =>
        end !== 'not yet' || (opening !== 'pending' && expectation.isComplete),
    )
  for (let seconds = 0; seconds < 70 && (seconds < 2 || !isSettled()); seconds += 1) {
    await world.advance(1000)
    checkNow(world)
  }
  for (const server of world.servers) server.append(3, () => 'event')
  await world.advance(1000)
  checkNow(world)
  for (const { opening, end, expectation, session, server } of world.sessions) {
    const label = `session ${session.id} of ${server.url}`
    if (opening === 'pending') world.violated(`${label} never opens: ${JSON.stringify(session.status)}`)
    if (end === 'failed') world.violated(`${label} has failed`)
    if (end === 'not yet') expectation.checkComplete()
  }
  throwViolations(world)
}

/** All close, and a minute later nothing is left. */
export async function checkAtTheEnd(world: World): Promise<void> {
  for (const [i, tab] of world.tabs.entries()) {
    if (i % 2 === 0) for (const session of tab.sessions.slice()) session.close()
    else tab.leave()
  }
  await world.deliverAll()
  for (const { closing, isWaiting } of world.everySession()) {
    if (closing === 'pending') world.violated('close() is pending')
    if (closing === 'closed' && isWaiting) world.violated('next() is pending after close()')
  }
  for (const tab of world.tabs) if (tab.state !== 'gone') tab.leave()
  for (const link of world.links) link.noticeGone()
  await world.advance(60_000)
  const { tabs, streams } = world.worker().hub.inspect()
  if (tabs.length > 0 || streams.length > 0) world.violated(`left: ${JSON.stringify({ tabs, streams })}`)
  const { pending } = world.clock
  if (pending > 0) world.violated(`${pending} timers are left`)
  for (const { live, url } of world.servers)
    if (live.length > 0) world.violated(`${live.length} connections to ${url} are left`)
  throwViolations(world)
}
