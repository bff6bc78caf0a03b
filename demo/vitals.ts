/** What the demo's server sends and its page draws. Both sides import this file, so neither can drift. */

export const vitalNames = ['cpu', 'load', 'memory', 'loop', 'disk', 'network'] as const

export type VitalName = (typeof vitalNames)[number]

/** The names that every tab listens to besides its vitals: they are about the stream, not the machine. */
export const noticeNames = ['server', 'lost'] as const

export type Measurements = {
  /** Busy share of each core since the last sample, 0 to 1. */
  cpu: { cores: number[] }
  load: { one: number; five: number; fifteen: number; cores: number }
  /** Bytes. */
  memory: { used: number; total: number }
  /** Milliseconds that Node's event loop was late since the last sample. */
  loop: { median: number; slowest: number }
  /** Bytes per second, all whole disks together. */
  disk: { read: number; written: number }
  /** Bytes per second, all interfaces but loopback. */
  network: { received: number; sent: number }
  server: ServerCounts
}

/** SSE connections: open now, and in all since the server started. */
export type ServerCounts = { open: number; total: number }

export type LoggedName = keyof Measurements

/** Two running numbers, so that a tab can prove its stream whole even when it reads only some names. */
export type Sequenced = {
  /** Over all events of this server. */
  seq: number
  /** Over the events of this name. */
  nth: number
  /** Server time in milliseconds. */
  at: number
}

export type Logged = { [Name in LoggedName]: Sequenced & Measurements[Name] }

/** Sent instead of a replay that the log no longer holds, so that a page can tell a loss it was told of from a silent one. */
export type Lost = { reason: 'log-too-short'; events: number } | { reason: 'server-restarted' }

export type Machine = {
  host: string
  system: string
  processor: string
  cores: number
  memory: number
  node: string
  /** Why a vital has no numbers on this system. */
  unmeasured: Partial<Record<VitalName, string>>
}

/** The response header that tells a page which connection of the server its stream uses. */
export const connectionHeader = 'x-demo-connection'
