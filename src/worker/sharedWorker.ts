import { runBroker } from './runBroker.js'

// The script of the package's own SharedWorker.

runBroker({})
