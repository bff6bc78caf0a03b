import { broker, type SseSession } from 'sse-broker'

/** A file of its own because the tests' own compiler cannot carry `await using` into a page. */
export async function stateAfterUsing(address: string): Promise<string> {
  let kept: SseSession
  {
    await using session = await broker.sseSession(address)
    kept = session
  }
  return kept.status.state
}
