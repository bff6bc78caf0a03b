/**
 * What may be on its way to a session's reader or lie unread in its tab; the rest waits in the broker, where it
 * is bounded. A port's own queue is not: a frozen tab's took 177 MB for 100,000 events.
 */
export const CREDIT_EVENTS = 1024
export const CREDIT_CHARS = 1_048_576
