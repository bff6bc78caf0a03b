import { createBroker } from 'sse-broker'

/** The page's broker: every open tab of this dashboard shares its one connection. */
export const broker = createBroker({ name: 'demo' })
