import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { fillJobs, type StoredJob } from './job-table.ts'

/** A new SQLite file in this folder, with the real schema and these jobs; returns its path. */
export async function createJobFile(
  folder: string,
  count: number,
  jobAt: (index: number) => StoredJob
): Promise<string> {
  const file = path.join(folder, `${count}.db`)
  await fillJobs(`sqlite:${file}`, count, jobAt)
  return file
}

/** A bare connection with the settings of the real one. */
export function connect(file: string): Sqlite.Database {
  const connection = new Sqlite(file)
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('cache_size = -65536')
  connection.pragma('journal_size_limit = 67108864')
  return connection
}
