/** Reads one vital sign. Rates are taken between two calls, so each sampler keeps its own last reading. */
export type Sampler<Value> = () => Value
