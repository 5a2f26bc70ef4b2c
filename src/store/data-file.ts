import { statSync } from 'node:fs'
import type { Database } from './db.ts'
import { noteUse, watchPlace } from './sqlite-place.ts'

type DataFile = Pick<Database, 'placeFault' | 'noteUse' | 'wal'>

/** Of data that is on a server, or in memory. */
export const NO_FILE: DataFile = { placeFault: () => null, noteUse: null, wal: null }

/** Of data in this file, from now on. */
export function dataFile(path: string): DataFile {
  const wal = `${path}-wal`
  return {
    placeFault: watchPlace(path),
    noteUse: (at) => noteUse(path, at),
    wal: { file: wal, bytes: () => statSync(wal, { throwIfNoEntry: false })?.size ?? 0 }
  }
}
