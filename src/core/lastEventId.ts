/**
 * The value of the `Last-Event-ID` header: the id's UTF-8 bytes, each as one character. `fetch` takes header
 * values as bytes only, and throws at an id with an emoji in it.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
 */
export function lastEventIdHeader(id: string): string {
  return encodeURIComponent(id).replaceAll(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
