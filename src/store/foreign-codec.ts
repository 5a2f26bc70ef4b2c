import type { Kysely, KyselyPlugin, Selectable, UnknownRow } from 'kysely'
import type { Db } from './db.ts'
import type { Dialect } from './dialect.ts'
import type { Tables } from './tables.ts'

/** A transaction on an application's own Kysely, whatever its tables. */
export interface ForeignTransaction {
  readonly isTransaction: true
  withoutPlugins(): { withPlugin(plugin: KyselyPlugin): unknown }
}

type NumberColumns<Row> = {
  [Name in keyof Row]: [Row[Name]] extends [number | null] ? Name : never
}[keyof Row]
type AnyNumberColumn = {
  [Name in keyof Tables]: NumberColumns<Selectable<Tables[Name]>>
}[keyof Tables]

/** Every column that holds numbers, and what statements call the numbers they compute. */
const NUMBERS: Readonly<Record<AnyNumberColumn | 'count' | 'queued' | 'running', true>> = {
  active_key: true,
  at: true,
  attempt: true,
  available_at: true,
  cancel_requested_at: true,
  committed_at: true,
  consecutive_failures: true,
  count: true,
  created_at: true,
  delay_ms: true,
  expires_at: true,
  finished_at: true,
  hour: true,
  id: true,
  job_id: true,
  job_version: true,
  last_line: true,
  last_run_at: true,
  last_success_at: true,
  last_used_at: true,
  next_run_at: true,
  occurrences: true,
  owner: true,
  passed_at: true,
  paused_at: true,
  paused_until: true,
  pid: true,
  priority: true,
  queue_key: true,
  queued: true,
  queued_at: true,
  range_to: true,
  received_at: true,
  replaced_at: true,
  replica: true,
  revoked_at: true,
  run_id: true,
  running: true,
  scheduled_for: true,
  scheduled_runs: true,
  seq: true,
  signals: true,
  slots: true,
  skip_next: true,
  started_at: true,
  stopped_at: true,
  updated_at: true,
  version: true
}

/**
 * The transaction as the store works with it: its connection and no more, for the plugins of its
 * owner may rename columns, and its driver may give large integers as texts.
 */
export function foreignDb(transaction: ForeignTransaction, dialect: Dialect): Db {
  const query = transaction.withoutPlugins().withPlugin(plainNumbers)
  return { query: query as Kysely<Tables>, dialect }
}

const plainNumbers: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => ({ ...result, rows: result.rows.map(withNumbers) })
}

function withNumbers(row: UnknownRow): UnknownRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const isLarge = typeof value === 'string' || typeof value === 'bigint'
      return [name, isLarge && name in NUMBERS ? plainNumber(value) : value]
    })
  )
}

/** The version of a replica is a text, unlike that of a job. */
function plainNumber(value: string | bigint): unknown {
  const number = Number(value)
  return String(number) === String(value) ? number : value
}
