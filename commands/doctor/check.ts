import type { Config } from '../../src/config.ts'
import type { Clock } from '../../src/domain/clock.ts'
import type { Database } from '../../src/store/db.ts'
import type { SchemaAge } from '../../src/store/migrate.ts'

/** `warning`: the service works, but not as well as it could. `skipped`: nothing could be found out. */
export type FindingState = 'ok' | 'warning' | 'failed' | 'skipped'

/** What a check found. */
export interface Finding {
  state: FindingState
  /** Sentences: what is so, and how to mend it where it is not as it should be. */
  detail: string
}

/** One thing that can keep a service from working well. It changes nothing. */
export interface Check {
  name: string
  /** What it throws is a failure, too. */
  run(parts: Parts): Finding | Promise<Finding>
}

/** What this machine says of itself; another one in tests. */
export interface Machine {
  versions: { node: string; tz?: string | undefined; icu?: string | undefined }
  clock: Clock
  /** The addresses of a name. */
  lookup(host: string): Promise<string[]>
  /** The file system that a path is on: its type as statfs(2) has it, and the bytes left on it. */
  findSpace(path: string): Promise<{ type: number; bytes: number }>
}

/** What the checks look at. */
export interface Parts {
  machine: Machine
  /** Null where it cannot be read. */
  config: Config | null
  configFinding: Finding
  storage: Storage
}

/** The database, as far as it could be opened. */
export interface Storage {
  /** Null where there is none, or it cannot be opened. */
  database: Database | null
  age: SchemaAge
  finding: Finding
}

export const ok = (detail: string): Finding => ({ state: 'ok', detail })
export const warning = (detail: string): Finding => ({ state: 'warning', detail })
export const failed = (detail: string): Finding => ({ state: 'failed', detail })
export const skipped = (detail: string): Finding => ({ state: 'skipped', detail })
