import type { Clock, Connection, ResponseHead } from './env.js'
import type { Failure, Input } from './machine.js'
import type { StreamPolicy } from '../protocol/subscription.js'
import { StreamParser } from './parse.js'
import { judge, retryAfterMs } from './response.js'

/** How much of a refused answer's body an error shows, in characters. */
export const MAX_ERROR_BODY_CHARS = 65_536

/** How long an error waits for that body: a refusal may well be an endless download. */
export const ERROR_BODY_WAIT_MS = 1_000

/** Text is parsed in stretches of this size, so that a reader that is behind is noticed in between. */
export const STRETCH_CHARS = 65_536

/** Over so many characters an event is refused: a server that never ends its block must not fill the memory. */
export const MAX_EVENT_SIZE = 1_048_576

/** The stream, as the reader of its connection sees it. */
export interface ConnectionListener {
  /** The stream has turned to another connection, or to none. */
  isStale(): boolean
  /** The answer is a stream, or its normal end. */
  onAnswer(response: ResponseHead): void
  /** Text has come, whatever it says. */
  onText(text: string): void
  /** Something for the machine. */
  onInput(input: Input): void
  onEvent(name: string | undefined, data: string, id: string | undefined): void
  onBareId(id: string): void
  onComment(comments: string): void
  onRetry(retry: number): void
  /** A stretch is parsed. Reading goes on when this settles. */
  onStretch(): Promise<void> | undefined
}

/** The part of a stream's policy that its answers are judged by. */
export type ReadingPolicy = Pick<StreamPolicy, 'retryOn' | 'maxEventSize'>

/** Reads one connection to its end. Never rejects: whatever happens is told to the listener. */
export async function readConnection(
  connection: Connection,
  serial: number,
  clock: Clock,
  listener: ConnectionListener,
  { retryOn, maxEventSize = MAX_EVENT_SIZE }: ReadingPolicy = {},
): Promise<void> {
  try {
    const response = await connection.response
    if (listener.isStale()) return
    const verdict = judge(response, retryOn)
    switch (verdict.type) {
      case 'accept':
        listener.onAnswer(response)
        listener.onInput({ type: 'accepted', serial })
        await readBody(connection, serial, listener, maxEventSize)
        break
      case 'end':
        listener.onAnswer(response)
        listener.onInput({ type: 'finished', serial })
        break
      case 'retry':
      case 'fail': {
        const body = await readErrorBody(connection, clock)
        const { code, message } = verdict
        listener.onInput({
          type: 'refused',
          serial,
          finality: verdict.type === 'fail' ? 'final' : 'passing',
          failure: { code, message, response: { ...response, body } },
          retryAfterMs: retryAfterMs(response, clock.now()),
        })
        break
      }
    }
  } catch (error) {
    listener.onInput({ type: 'broke', serial, finality: 'passing', failure: networkFailure(error) })
  }
}

async function readBody(
  connection: Connection,
  serial: number,
  listener: ConnectionListener,
  maxEventSize: number,
): Promise<void> {
  const parser = new StreamParser(
    {
      onEvent: (name, data, id) => listener.onEvent(name, data, id),
      onBareId: (id) => listener.onBareId(id),
      onComment: (comments) => listener.onComment(comments),
      onRetry: (ms) => {
        listener.onInput({ type: 'retry', serial, ms })
        listener.onRetry(ms)
      },
      onTooLarge: () => {
        const message = `An event is larger than ${maxEventSize} characters`
        const failure = { code: 'too-large', message } as const
        listener.onInput({ type: 'broke', serial, finality: 'final', failure })
      },
    },
    maxEventSize,
  )
  while (!listener.isStale()) {
    const text = await connection.read()
    if (text === undefined) {
      listener.onInput({ type: 'ended', serial })
      return
    }
    listener.onText(text)
    for (let start = 0; start < text.length && !listener.isStale(); start += STRETCH_CHARS) {
      parser.feed(text.length <= STRETCH_CHARS ? text : text.slice(start, start + STRETCH_CHARS))
      await listener.onStretch()
    }
  }
}

export async function readErrorBody(connection: Connection, clock: Clock): Promise<string> {
  let body = ''
  let progress: 'reading' | 'done' = 'reading'
  const collect = async (): Promise<void> => {
    while (progress === 'reading' && body.length < MAX_ERROR_BODY_CHARS) {
      const text = await connection.read()
      if (text === undefined) return
      body += text
    }
  }
  await new Promise<void>((resolve) => {
    const cancel = clock.after(ERROR_BODY_WAIT_MS, resolve)
    const done = (): void => {
      cancel()
      resolve()
    }
    // A body that breaks off does not hide the refusal: what came of it is shown.
    collect().then(done, done)
  })
  progress = 'done'
  return body.slice(0, MAX_ERROR_BODY_CHARS)
}

function networkFailure(error: unknown): Failure {
  const cause =
    error instanceof Error
      ? { name: error.name, message: error.message }
      : { name: 'Error', message: String(error) }
  return { code: 'network', message: `The connection failed: ${cause.message}`, cause }
}
