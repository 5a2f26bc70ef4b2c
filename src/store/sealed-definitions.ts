import { sql, type RawBuilder } from 'kysely'
import type { StoredInput } from '../domain/secrets/stored-input.ts'
import type { Db } from './db.ts'
import { decodeStored } from './job-codec.ts'

/** A definition with secrets: the one that a job has, or one that is kept of it. */
export interface SealedDefinition {
  jobId: number
  /** Of a definition that was replaced or deleted; null for the one in force. */
  version: number | null
  input: StoredInput
}

/** Where a page of them ends. */
export type SealedPosition = Pick<SealedDefinition, 'jobId' | 'version'>

/** Within a JSON text, only the name of a field looks like this; of which object is seen later. */
const HAS_SEALED = '%"sealed":"v1.%'

interface Found {
  job_id: number
  version: number | null
  definition: string
}

/**
 * Definitions with secrets, those in force first, because changing a job moves the one that it had
 * to those that are kept: whoever goes through them in this order sees each of them.
 */
export async function listSealed(
  db: Db,
  after: SealedPosition,
  limit: number
): Promise<SealedDefinition[]> {
  if (after.version !== null) return decoded(await kept(db, after, limit))
  const jobs = await read(db, inForce(after.jobId, limit))
  return decoded(jobs.length > 0 ? jobs : await kept(db, { jobId: 0, version: 0 }, limit))
}

/** The same ones as they are now, locked until the transaction ends; those that are gone are left out. */
export async function lockSealed(
  trx: Db,
  positions: readonly SealedPosition[]
): Promise<SealedDefinition[]> {
  const found: Found[] = []
  for (const { jobId, version } of positions) {
    const table = version === null ? JOB : VERSION
    const rows = await read(
      trx,
      sql`
        ${table} where ${identity({ jobId, version })}
        ${trx.dialect.isShared ? sql`for update` : sql``}
      `
    )
    found.push(...rows)
  }
  return decoded(found)
}

/** Writes a definition that is locked in another form. */
export async function rewriteSealed(
  trx: Db,
  { input, ...position }: SealedDefinition
): Promise<void> {
  const table = position.version === null ? 'carillon_jobs' : 'carillon_job_versions'
  await sql`
    update ${sql.table(table)} set definition = ${JSON.stringify(input)} where ${identity(position)}
  `.execute(trx.query)
}

const JOB = sql`select id as job_id, null as version, definition from carillon_jobs`
const VERSION = sql`select job_id, version, definition from carillon_job_versions`

function inForce(afterId: number, limit: number): RawBuilder<unknown> {
  return sql`${JOB} where id > ${afterId} and definition like ${HAS_SEALED} order by id limit ${limit}`
}

function kept(db: Db, { jobId, version }: SealedPosition, limit: number): Promise<Found[]> {
  return read(
    db,
    sql`
      ${VERSION}
      where (job_id > ${jobId} or (job_id = ${jobId} and version > ${version}))
        and definition like ${HAS_SEALED}
      order by job_id, version limit ${limit}
    `
  )
}

function identity({ jobId, version }: SealedPosition): RawBuilder<unknown> {
  return version === null ? sql`id = ${jobId}` : sql`job_id = ${jobId} and version = ${version}`
}

async function read(db: Db, query: RawBuilder<unknown>): Promise<Found[]> {
  const { rows } = await sql<Found>`${query}`.execute(db.query)
  return rows
}

function decoded(rows: readonly Found[]): SealedDefinition[] {
  return rows.map(({ job_id: jobId, version, definition }) => ({
    jobId,
    version,
    input: decodeStored(definition)
  }))
}
