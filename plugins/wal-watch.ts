import type { App } from './instance.ts'
import { WAL_LIMIT_BYTES } from '../src/store/sqlite.ts'

const MIB = 1024 * 1024

/**
 * What looks at the log of SQLite, and says once when it has grown over its limit, and once when it is
 * within it again.
 */
export function createWalWatch(
  { db: { wal }, log }: Pick<App, 'db' | 'log'>,
  limitBytes = WAL_LIMIT_BYTES
): () => void {
  let wasLarge = false
  return () => {
    if (wal === null) return
    const bytes = wal.bytes()
    const isLarge = bytes > limitBytes
    if (isLarge === wasLarge) return
    wasLarge = isLarge
    const size = `${wal.file} is ${(bytes / MIB).toFixed(1)} MiB large`
    if (isLarge) {
      log.warn(
        { bytes },
        `${size}: something reads the database for very long; end that reader, and it shrinks with the next writes.`
      )
    } else log.info({ bytes }, `${size} again.`)
  }
}
