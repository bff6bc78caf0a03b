import type { CallData, StreamStatus } from '../protocol/status.js'
import type { MachineState } from './machine.js'

/** What sessions are told of a stream's state. A stream that has not begun yet is about to connect. */
export function statusOf(state: MachineState, call: CallData | undefined): StreamStatus {
  const attempt = state.failures + 1
  switch (state.state) {
    case 'idle':
    case 'connecting':
      return { state: 'connecting', attempt }
    case 'open':
      if (call === undefined) throw new Error('A stream cannot be open without an answer')
      return { state: 'open', since: state.since, call }
    case 'waiting':
      return { state: 'waiting', attempt, retryAt: state.retryAt, error: state.error }
    case 'closed':
      if (state.outcome.reason === 'failed') return { state: 'closed', ...state.outcome }
      return { state: 'closed', reason: 'ended', ...(call === undefined ? {} : { call }) }
  }
}
