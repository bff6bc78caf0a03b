/** Headers as they cross the port: `Headers` objects cannot. */
export type Headers = readonly (readonly [name: string, value: string])[]
