/**
 * The name of a SharedWorker: with the script's URL it decides which tabs share one. The generation goes up when a
 * wedged worker is replaced. `extended` stands for `extendedLifetime: true`: a tab that asks for another value under
 * the same name is never connected.
 */
export function workerName(broker: string, generation: number): string {
  return `sse-broker:extended:${generation}:${broker}`
}

/** The broker's name, whichever generation it is in: cursors belong to all of them. */
export function brokerOfWorker(name: string): string {
  return name.split(':').slice(3).join(':')
}
