/** One line of docs/reliability.md. */
export interface Figures {
  /** What was done to the library, as a reader would say it. */
  readonly fault: string
  /** How often. */
  readonly times: number
  /** Events that sessions got and that were checked, one by one. */
  readonly events: number
  /** Events that a session was told of as lost. */
  readonly told: number
  /** Events that came a second time where the contract allows it. */
  readonly again?: number
  /** What else was measured. */
  readonly measured?: Readonly<Record<string, string>>
}

/** The type of the annotation that carries figures from a test to the report. */
export const FIGURES = 'figures'
