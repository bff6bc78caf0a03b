import type { Clock, Connection, ResponseHead } from './env.js'
import { judge, type Verdict } from './response.js'

/** How much of a refused answer's body an error shows, in characters. */
export const MAX_ERROR_BODY_CHARS = 65_536

/** How long an error waits for that body: a refusal may well be an endless download. */
export const ERROR_BODY_WAIT_MS = 1_000

/** Text is parsed in stretches of this size, so that a reader that is behind is noticed in between. */
export const STRETCH_CHARS = 65_536

type Refusal = Extract<Verdict, { message: string }>

/** Who reads a connection. */
export interface ConnectionListener {
  onAccepted(response: ResponseHead): void
  onFinished(response: ResponseHead): void
  onRefused(response: ResponseHead, refusal: Refusal, body: string): void
  onText(text: string): void
  /** Before each further stretch: reading goes on when this settles. */
  ready(): Promise<void> | undefined
  onEnded(): void
  onBroke(error: unknown): void
  /** The stream has turned to another connection, or to none. */
  isStale(): boolean
}

/** Reads one connection to its end. Never rejects: all that happens is told to the listener. */
export async function readConnection(
  connection: Connection,
  clock: Clock,
  listener: ConnectionListener,
): Promise<void> {
  try {
    const response = await connection.response
    const verdict = judge(response)
    if (verdict.type === 'accept') {
      listener.onAccepted(response)
      await readBody(connection, listener)
    } else if (verdict.type === 'end') {
      listener.onFinished(response)
    } else {
      listener.onRefused(response, verdict, await readErrorBody(connection, clock))
    }
  } catch (error) {
    listener.onBroke(error)
  }
}

async function readBody(connection: Connection, listener: ConnectionListener): Promise<void> {
  while (!listener.isStale()) {
    const text = await connection.read()
    if (text === undefined) {
      listener.onEnded()
      return
    }
    for (let start = 0; start < text.length; start += STRETCH_CHARS) {
      if (listener.isStale()) return
      listener.onText(text.length <= STRETCH_CHARS ? text : text.slice(start, start + STRETCH_CHARS))
      await listener.ready()
    }
  }
}

async function readErrorBody(connection: Connection, clock: Clock): Promise<string> {
  let body = ''
  let overdue = false
  const time = new Promise<void>((resolve) => {
    clock.after(ERROR_BODY_WAIT_MS, () => {
      overdue = true
      resolve()
    })
  })
  const collect = async (): Promise<void> => {
    while (!overdue && body.length < MAX_ERROR_BODY_CHARS) {
      const text = await connection.read()
      if (text === undefined) return
      body += text
    }
  }
  // A body that breaks off does not hide the refusal: what came of it is shown.
  await Promise.race([collect().catch(() => undefined), time])
  return body.slice(0, MAX_ERROR_BODY_CHARS)
}
