import fc from 'fast-check'

import { checkNow } from './invariants.js'
import { drained, type World } from './world.js'

type Done = void | Promise<void>

/** How many commands have run, by name. */
export const commandsRun = new Map<string, number>()

/** One thing that happens in the world; afterwards all must hold that always holds. */
export class Command implements fc.AsyncCommand<World, World> {
  readonly #name: string
  readonly #detail: string
  readonly #isPossible: (world: World) => boolean
  readonly #act: (world: World) => Done

  constructor(
    name: string,
    detail: string,
    isPossible: (world: World) => boolean,
    act: (world: World) => Done,
  ) {
    this.#name = name
    this.#detail = detail
    this.#isPossible = isPossible
    this.#act = act
  }

  check(world: World): boolean {
    return this.#isPossible(world)
  }

  async run(world: World): Promise<void> {
    commandsRun.set(this.#name, (commandsRun.get(this.#name) ?? 0) + 1)
    world.note(this.toString())
    await this.#act(world)
    await drained()
    checkNow(world)
  }

  toString(): string {
    return `${this.#name}(${this.#detail})`
  }
}

/** How often a command is drawn, and the command. */
export type Weighted = readonly [weight: number, command: fc.Arbitrary<Command>]

/** A command with something that is drawn. */
export function command<A>(
  weight: number,
  name: string,
  arbitrary: fc.Arbitrary<A>,
  act: (drawn: A, world: World) => Done,
): Weighted {
  const commands = arbitrary.map(
    (drawn) =>
      new Command(
        name,
        JSON.stringify(drawn),
        () => true,
        (world) => act(drawn, world),
      ),
  )
  return [weight, commands]
}

/** A command on one of several things, with something that is drawn; of which one, a drawn number says. */
export function commandOn<T, A>(
  weight: number,
  name: string,
  among: (world: World) => readonly T[],
  arbitrary: fc.Arbitrary<A>,
  act: (one: T, drawn: A, world: World) => Done,
): Weighted {
  const commands = fc.tuple(fc.nat(11), arbitrary).map(([n, drawn]) => {
    const pick = (world: World): T | undefined => {
      const all = among(world)
      return all[n % all.length]
    }
    return new Command(
      name,
      `${n}, ${JSON.stringify(drawn)}`,
      (world) => pick(world) !== undefined,
      (world) => {
        const one = pick(world)
        if (one !== undefined) return act(one, drawn, world)
      },
    )
  })
  return [weight, commands]
}

/** For a command with nothing to draw. */
export const nothing = fc.constant(0)
