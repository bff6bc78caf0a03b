/** What the page shows of its session. `since` and `retryAt` are epoch milliseconds. */
export type StreamState =
  | { state: 'connecting'; attempt: number }
  | { state: 'open'; since: number }
  | { state: 'waiting'; attempt: number; retryAt: number; cause: string }
  | { state: 'closed'; cause: string }
