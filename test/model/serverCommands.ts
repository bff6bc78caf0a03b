import fc from 'fast-check'

import { commandOn, nothing, type Weighted } from './command.js'
import type { ModelServer, Mood, ServerConnection, Wish } from './modelServer.js'
import type { World } from './world.js'

const servers = (world: World): readonly ModelServer[] => world.servers
const connections = (world: World): readonly ServerConnection[] => world.servers.flatMap(({ live }) => live)

const MIXED: readonly Wish[] = [
  'event',
  'event',
  'event',
  'event',
  'event',
  'comment',
  'bare id',
  'ping',
  'grouped',
  'grouped',
]

/** What servers do. */
export const serverCommands: readonly Weighted[] = [
  commandOn(
    42,
    'server sends',
    servers,
    fc.record({ count: fc.integer({ min: 1, max: 12 }), salt: fc.nat(9) }),
    (server, { count, salt }) =>
      server.append(count, (serial) => MIXED[(serial * 7 + salt) % MIXED.length] ?? 'event'),
  ),
  commandOn(9, 'server bursts', servers, fc.integer({ min: 20, max: 120 }), (server, count) =>
    server.append(count, (serial) => (serial % 4 === 0 ? 'event' : 'grouped')),
  ),
  // More than a stream's log holds.
  commandOn(1, 'server floods', servers, fc.integer({ min: 800, max: 2500 }), (server, count) =>
    server.append(count, () => 'event'),
  ),
  // More characters than the credit has.
  commandOn(6, 'server sends much', servers, fc.integer({ min: 1, max: 4 }), (server, count) =>
    server.append(count, () => 'event', 900),
  ),
  commandOn(6, 'server is prompt', servers, nothing, (server) => server.hasten()),
  commandOn(3, 'server is slow', servers, nothing, (server) => server.slow()),
  commandOn(9, 'server answers', servers, nothing, (server) => server.answerAll()),
  commandOn(12, 'server goes on', connections, fc.integer({ min: 1, max: 90 }), (connection, chars) =>
    connection.pump(chars),
  ),
  commandOn(
    12,
    'server cuts',
    connections,
    fc.record({ chars: fc.nat(60), how: fc.constantFrom('end' as const, 'reset' as const) }),
    (connection, { chars, how }) => connection.cut(chars, how),
  ),
  commandOn(
    6,
    'server is',
    servers,
    fc.constantFrom<Mood>('well', 'well', 'well', 'refusing', 'unavailable', 'silent'),
    (server, mood) => server.feel(mood),
  ),
  commandOn(1, 'server forgets', servers, fc.nat(20), (server, all) => server.forgetAllBut(all)),
]
