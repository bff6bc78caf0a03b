import type { Browser, CDPSession } from '@playwright/test'

/** What a worker's heap holds after a collection of its garbage, in megabytes. */
export async function workerHeap(browser: Browser, targetId: string): Promise<number> {
  const cdp = await browser.newBrowserCDPSession()
  const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: false })
  await ask(cdp, sessionId, 1, 'HeapProfiler.collectGarbage')
  const { result } = await ask(cdp, sessionId, 2, 'Runtime.getHeapUsage')
  await cdp.detach()
  return Number(result.usedSize) / 2 ** 20
}

interface Answer {
  readonly id: number
  readonly result: { readonly usedSize?: number }
}

async function ask(cdp: CDPSession, sessionId: string, id: number, method: string): Promise<Answer> {
  const answered = new Promise<Answer>((resolve) => {
    cdp.on('Target.receivedMessageFromTarget', ({ message }) => {
      const answer: Answer = JSON.parse(message)
      if (answer.id === id) resolve(answer)
    })
  })
  await cdp.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
  return answered
}
