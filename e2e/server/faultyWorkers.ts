/** Scripts of SharedWorkers that run the real one of the built package, and do something to it. */

const REAL = '/package/worker.js'

/** Goes into an endless loop as soon as a page says `spin` on the channel `fault`. */
export const spinning = `
import '${REAL}'
new BroadcastChannel('fault').onmessage = ({ data }) => {
  if (data === 'spin') for (;;);
}
`

/**
 * Runs the real script a second time when a page says \`rerun\`: the ports of the pages stay, and what they say reaches the
 * new run, which knows nothing of them. What the first run says from then on is lost. A browser was seen to do so.
 */
export const rerunning = `
let runs = 0
let connectRun
const connections = []
Object.defineProperty(self, 'onconnect', { set: (handler) => { connectRun = handler } })

// Between a page's port and a run of the script; cut when the run is over.
function relay(port) {
  const { port1: near, port2: far } = new MessageChannel()
  near.onmessage = ({ data, ports }) => port.postMessage(data, [...ports])
  return { far, cut: () => { near.onmessage = null }, say: (data, ports) => near.postMessage(data, ports) }
}

function connect(connection) {
  connection.control = relay(connection.port)
  connectRun({ ports: [connection.control.far] })
  // Starts the port: what was said before there was a run has waited in it.
  connection.port.onmessage = ({ data, ports }) => {
    const [dataPort] = ports
    if (dataPort === undefined) return connection.control.say(data, [])
    const through = (connection.data = relay(dataPort))
    dataPort.onmessage = (event) => through.say(event.data, [])
    const argumentList = data.argumentList.map((each) => each.value === dataPort ? { ...each, value: through.far } : each)
    connection.control.say({ ...data, argumentList }, [through.far])
  }
}

self.addEventListener('connect', ({ ports: [port] }) => {
  const connection = { port }
  connections.push(connection)
  if (connectRun !== undefined) connect(connection)
})

async function run() {
  connectRun = undefined
  await import('${REAL}?run=' + ++runs)
  for (const connection of connections) connect(connection)
}

new BroadcastChannel('fault').onmessage = async ({ data }) => {
  if (data !== 'rerun') return
  for (const { control, data: through } of connections) { control?.cut(); through?.cut() }
  await run()
}
void run()
`

/** Its IndexedDB is broken in some way; \`break\` on the channel \`fault\` says when, where it is not so from the start. */
export function withStorage(
  manner: 'absent' | 'refused' | 'hangs' | 'fails later' | 'hangs later',
): Record<string, string> {
  const breaks = {
    absent: `Object.defineProperty(self, 'indexedDB', { value: undefined })`,
    refused: `indexedDB.open = () => { throw new DOMException('Denied by the test', 'SecurityError') }`,
    hangs: `indexedDB.open = () => new EventTarget()`,
    'fails later': `IDBObjectStore.prototype.put = () => { throw new DOMException('Full, by the test', 'QuotaExceededError') }`,
    'hangs later': `Object.defineProperty(IDBTransaction.prototype, 'oncomplete', { set() {} })`,
  }
  const now = manner.endsWith('later') ? '' : breaks[manner]
  const later = manner.endsWith('later') ? breaks[manner] : ''
  return {
    '/faulty/break.js': `${now}
new BroadcastChannel('fault').onmessage = ({ data }) => { if (data === 'break') { ${later} } }`,
    '/faulty/storage.js': `import '/faulty/break.js'
import '${REAL}'`,
  }
}
