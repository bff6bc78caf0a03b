import '@fontsource-variable/archivo/wdth.css'
import 'uplot/dist/uPlot.min.css'
import './style.css'
import { vitalNames } from '../vitals.js'
import { BrokerWatch } from './brokerWatch.js'
import { Controls } from './controls.js'
import type { Delivered } from './delivered.js'
import { element, write } from './element.js'
import { inNextFrame } from './frame.js'
import { askMachine, showMachine } from './machine.js'
import { SequenceCheck } from './sequenceCheck.js'
import { SequenceLine } from './sequenceLine.js'
import { ServerCountsShown } from './serverCounts.js'
import { StateLine } from './stateLine.js'
import type { StreamState } from './streamState.js'
import { Subscription } from './subscription.js'
import { TabCount } from './tabCount.js'
import { vitalCards } from './vitalCards.js'
import { VitalsPicker } from './vitalsPicker.js'
import { Wire } from './wire.js'

const machine = await askMachine()
showMachine(machine)

const cards = vitalCards(machine, element('vitals'))
const check = new SequenceCheck()
const sequenceLine = new SequenceLine(check.tally)
const stateLine = new StateLine()
const serverCounts = new ServerCountsShown()
const tabCount = new TabCount()
const wire = new Wire()
const subscription = new Subscription({ onState, onEvent })
const watch = new BrokerWatch((snapshot) => {
  tabCount.show(snapshot, closed ? 'closed' : 'open')
  subscription.see(snapshot)
})
const picker = new VitalsPicker(cards, choose)
const controls = new Controls({
  connection: () => subscription.connection,
  toggleSession: () => (closed ? open() : subscription.close()),
})
let closed = false
let lastId = ''

showChoice()
open()

function open(): void {
  // What came between two sessions was asked for by nobody here: it is not missing.
  check.startOver()
  subscription.open(picker.names).catch(reportError)
}

function choose(): void {
  showChoice()
  // A closed session stays closed: the choice is for when it is opened again.
  if (!closed) open()
}

function showChoice(): void {
  for (const name of vitalNames) {
    const unmeasured = machine.unmeasured[name]
    if (unmeasured !== undefined) cards[name].forget(`Not measured: ${unmeasured}.`)
    else if (!picker.wants(name)) cards[name].forget('Filtered out for this tab.')
    else cards[name].expect()
  }
}

function onState(state: StreamState): void {
  closed = state.state === 'closed'
  stateLine.show(state)
  serverCounts.streamIs(state.state === 'open')
  controls.sessionIs(!closed)
  if (state.state === 'open' || closed) watch.now()
}

function onEvent(delivered: Delivered, id: string): void {
  lastId = id
  inNextFrame(paintArrival)
  if (delivered.name === 'lost') {
    check.startOver()
    sequenceLine.showLost(delivered.value)
    return
  }
  check.take(delivered.name, delivered.value)
  sequenceLine.show()
  switch (delivered.name) {
    case 'server':
      return serverCounts.show(delivered.value)
    case 'cpu':
      return cards.cpu.add(delivered.value)
    case 'load':
      return cards.load.add(delivered.value)
    case 'memory':
      return cards.memory.add(delivered.value)
    case 'loop':
      return cards.loop.add(delivered.value)
    case 'disk':
      return cards.disk.add(delivered.value)
    case 'network':
      return cards.network.add(delivered.value)
  }
}

function paintArrival(): void {
  write(element('last-id'), lastId === '' ? 'none yet' : lastId)
  wire.pulse(performance.now())
}
