import { test, type Test } from 'tap'
import { DATABASE_NAMES, skipReasons, type DatabaseKind } from './server-databases.ts'

/** Registers one test for each of these databases that can be had here. */
export function testOnDatabases<Kind extends DatabaseKind>(
  promise: string,
  kinds: readonly Kind[],
  scenario: (t: Test, kind: Kind) => Promise<void>
): void {
  for (const kind of kinds) {
    test(`${DATABASE_NAMES[kind]}: ${promise}`, { skip: skipReasons[kind] }, (t) =>
      scenario(t, kind)
    )
  }
}
