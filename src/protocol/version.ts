/**
 * The version of what crosses the port. It goes up whenever a page and a worker of two builds would
 * misunderstand each other; such a pair refuses to work together with `SseError('version')`.
 */
export const PROTOCOL_VERSION = 1
