import type { Exchange } from './exchange.js'

export interface Scene {
  /** Settles when the test has opened this path's gate; at once when the test put none there. */
  gate: Promise<void>
  /** How many requests this path had before this one. */
  earlier: number
}

export type Route = (exchange: Exchange, scene: Scene) => void | Promise<void>
export type Routes = Record<string, Route>
