export interface ServerEvent {
  id?: string | number
  event?: string
  data?: string
  retry?: number
  comment?: string
}

/** One block of an event stream, as the HTML standard writes it. */
export function formatEvent({ id, event, data, retry, comment }: ServerEvent): string {
  const lines: string[] = []
  if (comment !== undefined) lines.push(`: ${comment}`)
  if (event !== undefined) lines.push(`event: ${event}`)
  if (id !== undefined) lines.push(`id: ${id}`)
  if (retry !== undefined) lines.push(`retry: ${retry}`)
  if (data !== undefined) lines.push(...data.split('\n').map((line) => `data: ${line}`))
  return `${lines.join('\n')}\n\n`
}

/** The events that most routes speak: numbered from 1, so that a hole, a double or a swap is seen at once. */
export function numberedEvent(number: number): ServerEvent {
  return { id: number, data: `event ${number}` }
}
