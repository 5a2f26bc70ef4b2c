import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
  type Stats
} from 'node:fs'
import { dirname } from 'node:path'
import { CarillonError } from '../domain/errors.ts'

/**
 * SQLite takes a missing or empty file for a new database. A small file beside it remembers that
 * there was one, so that a lost volume or a wrong path is noticed instead of starting from nothing.
 */
const markerOf = (file: string): string => `${file}-id`

/** @throws CarillonError `store_unusable` when the file cannot be, or should have been, there */
export function checkPlace(file: string): void {
  const folder = dirname(file)
  if (!existsSync(folder)) {
    throw unusable(`${folder} does not exist; create it, or choose another path in DATABASE_URL.`)
  }
  const found = existsSync(file) ? statSync(file) : null
  if (found?.isDirectory() === true) {
    throw unusable(`${file} is a folder; DATABASE_URL must name a file in it.`)
  }
  if ((found === null || found.size === 0) && existsSync(markerOf(file))) {
    const since = readFileSync(markerOf(file), 'utf8').trim().replaceAll('\n', ', ')
    throw unusable(
      `${file} is ${found === null ? 'missing' : 'empty'}, but held a database (${since}); restore it, or delete ${markerOf(file)} to start with an empty one.`
    )
  }
}

/** Leaves the marker beside a database that was opened. */
export function claimPlace(file: string): void {
  if (existsSync(markerOf(file))) return
  writeFileSync(markerOf(file), `created ${new Date().toISOString()}\n`)
}

/**
 * Notes in the marker when the database was last used: one that was restored knows of no such use. It
 * is written over, not anew, so that a full disk cannot leave it empty.
 */
export function noteUse(file: string, at: number): void {
  claimPlace(file)
  const [created = ''] = readFileSync(markerOf(file), 'utf8').split('\n')
  const marker = openSync(markerOf(file), 'r+')
  try {
    writeSync(marker, `used ${new Date(at).toISOString()}\n`, Buffer.byteLength(created) + 1)
  } finally {
    closeSync(marker)
  }
}

/**
 * What there is to say of a database that knows of no use after `aliveUntil`, in epoch milliseconds: that it
 * was restored or copied to here. Null where nothing speaks for it, as after a move of its whole folder.
 */
export function findRestoring(file: string, aliveUntil: number): string | null {
  const advice =
    'What was due since is treated as missed; to look first, start with CARILLON_AUTO_START=false.'
  const last = new Date(aliveUntil).toISOString()
  if (!existsSync(markerOf(file))) {
    return `${file} was last used until ${last} and has no ${markerOf(file)} beside it, so it was copied to here. ${advice}`
  }
  const used = /^used (.+)$/m.exec(readFileSync(markerOf(file), 'utf8'))?.[1] ?? ''
  if (!(Date.parse(used) > aliveUntil)) return null
  return `${file} was used until ${used}, but knows of nothing after ${last}, so it was restored from a backup. ${advice}`
}

/**
 * Watches that the file stays the one that was opened: of one that is deleted or replaced SQLite keeps
 * the old content to the end, and would take writes that nobody will ever read.
 * @returns what tells what happened to it; null while nothing did
 */
export function watchPlace(file: string): () => string | null {
  const { dev, ino } = statSync(file)
  return () => {
    const found = lookAt(file)
    if (found === null || (found?.dev === dev && found.ino === ino)) return null
    const what = found === undefined ? 'deleted' : 'replaced by another file'
    return `${file} was ${what} while it is in use, and nothing is written any more; stop this process, put the file in place and start again.`
  }
}

/** Undefined where nothing is there, null where that cannot be told. */
function lookAt(file: string): Stats | null | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })
  } catch {
    return null
  }
}

function unusable(message: string): CarillonError {
  return new CarillonError('store_unusable', message)
}
