import path from 'node:path'
import {
  createServerDatabase,
  DATABASE_KINDS,
  DATABASE_NAMES,
  skipReasons,
  type DatabaseKind
} from '../test/helpers/server-databases.ts'
import { messageOf } from '../src/domain/errors.ts'
import type { Line } from './report.ts'
import { inTempFolder } from './temp-folder.ts'

/** Hands `work` the URL of a new, empty database, which is gone afterwards, whatever happens. */
export async function inOwnDatabase<Result>(
  kind: DatabaseKind,
  work: (url: string) => Promise<Result>
): Promise<Result> {
  if (kind === 'sqlite') {
    return inTempFolder((folder) => work(`sqlite:${path.join(folder, 'jobs.db')}`))
  }
  const { url, drop } = await createServerDatabase(kind)
  try {
    return await work(url)
  } finally {
    await drop()
  }
}

/** Measures on each kind of database, one after the other; a server that is not there is said to be. */
export async function onEachDatabase(
  measure: (kind: DatabaseKind) => Promise<Line[]>
): Promise<Line[]> {
  const lines: Line[] = []
  for (const kind of DATABASE_KINDS) {
    const reason = skipReasons[kind]
    if (reason === false) {
      // What was measured so far has taken minutes, and must not be lost with what fails.
      const failed = (error: unknown) => [skipped(DATABASE_NAMES[kind], messageOf(error))]
      lines.push(...(await measure(kind).catch(failed)))
    } else lines.push(skipped(DATABASE_NAMES[kind], reason))
  }
  return lines
}

/** What could not be measured, and why. */
export function skipped(what: string, reason: string): Line {
  return { what: `${what}: ${reason}`, ours: 'skipped' }
}
