import { existsSync, readFileSync, statSync, writeFileSync, type Stats } from 'node:fs'
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
    const since = readFileSync(markerOf(file), 'utf8').trim()
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
