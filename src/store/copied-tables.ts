import type { Tables } from './tables.ts'

type Copied = Omit<Tables, 'carillon_commits'>

/**
 * The primary keys of every table that is copied from one database to another: what is added to
 * `Tables` does not compile until it is here too. `carillon_commits` stays behind: its rows tell a
 * process whether the transaction took place whose commit nobody answered, and nobody asks that of
 * another database.
 */
const PRIMARY_KEYS: { readonly [Name in keyof Copied]: readonly (string & keyof Copied[Name])[] } =
  {
    carillon_jobs: ['id'],
    carillon_job_tags: ['tag', 'job_id'],
    carillon_job_versions: ['job_id', 'version'],
    carillon_runs: ['id'],
    carillon_run_logs: ['run_id', 'attempt'],
    carillon_replicas: ['id'],
    carillon_changes: ['id'],
    carillon_settings: ['name'],
    carillon_requests: ['id'],
    carillon_keys: ['id'],
    carillon_run_counts: ['hour', 'replica', 'outcome']
  }

/** A table that goes along when a database is copied. */
export interface CopiedTable {
  readonly name: string
  /** The columns of its primary key. */
  readonly key: readonly string[]
}

export const COPIED_TABLES: readonly CopiedTable[] = Object.entries(PRIMARY_KEYS).map(
  ([name, key]) => ({ name, key })
)

/** Whether its rows have ids that the database gives out, none of them twice. */
export function hasOwnIds({ key }: CopiedTable): boolean {
  return key.join() === 'id'
}
