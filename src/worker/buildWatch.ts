interface Started {
  readonly type: 'started'
  /** Another build has another script, by its hashed name or its query. */
  readonly script: string
}

/**
 * Tells the workers of this broker that a build has started, and hears of later ones: after a deploy, tabs of the old
 * and of the new page have a worker each.
 */
export function watchBuilds(broker: string, script: string, onNewer: () => void): void {
  const channel = new BroadcastChannel(`sse-broker:${broker}`)
  channel.onmessage = ({ data }: MessageEvent<Started>) => {
    if (data.script !== script) onNewer()
  }
  const started: Started = { type: 'started', script }
  channel.postMessage(started)
}
