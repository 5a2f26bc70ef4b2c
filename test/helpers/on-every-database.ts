import { t as file, test as tapTest, type Test } from 'tap'
import {
  DATABASE_KINDS,
  DATABASE_NAMES,
  skipReasons,
  type DatabaseKind,
  type ServerKind
} from './server-databases.ts'

/** Much of it is waiting for servers, which other files keep busy too. */
file.setTimeout(300_000)

const kinds = new WeakMap<Test, DatabaseKind>()

/** The kind of database that a test is on: SQLite, unless {@link test} says another. */
export function kindOf(t: Test): DatabaseKind {
  return kinds.get(t) ?? 'sqlite'
}

/**
 * One promise that holds on every database: the test is run once on each, and left out, with the
 * reason, where there is no server.
 */
export function test(name: string, work: (t: Test) => unknown): void {
  for (const kind of DATABASE_KINDS) testOn(kind, name, work)
}

/** The same for databases that several processes reach over the network. */
export function testOnServers(name: string, work: (t: Test, kind: ServerKind) => unknown): void {
  for (const kind of DATABASE_KINDS) {
    if (kind !== 'sqlite') testOn(kind, name, (t) => work(t, kind))
  }
}

function testOn(kind: DatabaseKind, name: string, work: (t: Test) => unknown): void {
  void tapTest(`${name} (${DATABASE_NAMES[kind]})`, { skip: skipReasons[kind] }, async (t) => {
    kinds.set(t, kind)
    await work(t)
  })
}
