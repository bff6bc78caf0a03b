import { startBroker } from 'sse-broker/worker'

interface Order {
  readonly id: number
  readonly total: number
}

/** A worker of a user's own, as the README shows it. */
export const extensions = startBroker({
  codecs: {
    /** Orders as `1:9.50`: a format that no page should have to know. */
    order: (data): Order => {
      const [id, total] = data.split(':').map(Number)
      if (id === undefined || total === undefined || Number.isNaN(total))
        throw new RangeError(`no order: ${data}`)
      return { id, total }
    },
  },
  filters: {
    over: (event, limit) => Number(event.data.split(':')[1]) > Number(limit),
  },
})
