import { type } from 'arktype'
import { z } from 'zod'

/** Schemas of two libraries beside each other. */
export const marketSchemas = {
  price: z.object({ symbol: z.string(), price: z.number() }),
  halted: type({ symbol: 'string' }),
}
