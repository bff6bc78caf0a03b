/** What JSON can say; all that may cross the port as data. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** Fields of JSON data by their path, and the value or the values that each may have. */
export type Match = Readonly<Record<string, Json>>

/** A filter that the worker knows by its name. */
export interface NamedFilter {
  readonly name: string
  readonly params?: Json
}
