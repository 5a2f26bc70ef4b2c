import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { migrations } from '../plugins/db.ts'
import type { JobInput } from '../src/domain/job.ts'
import { migrate } from '../src/store/migrate.ts'
import { openDatabase } from '../src/store/open.ts'

/** A job to be put straight into the table. */
export interface StoredJob {
  input: JobInput
  /** Epoch milliseconds. */
  nextRunAt: number
}

/** Hands `work` a folder that is deleted afterwards, whatever happens. */
export async function inTempFolder<Result>(
  work: (folder: string) => Promise<Result>
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'carillon-bench-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A new database with the real schema and these jobs; returns its path. */
export async function createJobFile(
  file: string,
  count: number,
  jobAt: (index: number) => StoredJob
): Promise<string> {
  const database = await openDatabase(`sqlite:${file}`)
  await migrate(database, migrations)
  await database.close()
  const connection = connect(file)
  connection.transaction(() => insertJobs(connection, count, jobAt))()
  connection.close()
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

function insertJobs(
  connection: Sqlite.Database,
  count: number,
  jobAt: (index: number) => StoredJob
): void {
  const insert = connection.prepare(
    `insert into carillon_jobs
      (version, name, target, definition, state, next_run_at, created_at, updated_at)
    values (1, ?, ?, ?, 'enabled', ?, ?, ?)`
  )
  const now = Date.now()
  for (let index = 0; index < count; index++) {
    const { input, nextRunAt } = jobAt(index)
    const target = input.target?.type ?? 'log'
    insert.run(input.name, target, JSON.stringify(input), nextRunAt, now, now)
  }
}
