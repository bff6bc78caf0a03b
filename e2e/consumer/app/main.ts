import { createBroker } from 'sse-broker'

const state = document.querySelector('#state')
const events = document.querySelector('#events')
if (!state || !events) throw new Error('index.html has both')

const session = await createBroker().sseSession('/events')
state.textContent = 'open'
for await (const { id, data } of session.incoming) {
  const item = document.createElement('li')
  item.textContent = `${id}: ${data}`
  events.append(item)
}
