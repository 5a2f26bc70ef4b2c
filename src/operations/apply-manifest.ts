import { isDeepStrictEqual } from 'node:util'
import {
  checkManifest,
  collectFaults,
  type CheckedManifest,
  type ManifestJob
} from '../domain/check-manifest.ts'
import { diffInputs } from '../domain/definition-diff.ts'
import { CarillonError } from '../domain/errors.ts'
import type { Job } from '../domain/job.ts'
import type { ManifestChange, ManifestReport } from '../domain/manifest.ts'
import { decodeStored, toJob, type JobRow } from '../store/job-codec.ts'
import { listJobsById, lockJobs } from '../store/jobs.ts'
import { listJobIdsByKey, listKeyedJobIds } from '../store/keyed-jobs.ts'
import type { Core } from './core.ts'
import { createJob } from './create-job.ts'
import { deleteJob } from './delete-job.ts'
import { together } from './enlist.ts'
import { rehearse } from './rehearse.ts'
import { sealInput } from './seal-input.ts'
import { replaceJob } from './update-job.ts'

const TRIES = 5

/**
 * Makes the jobs with keys what a manifest says, all of it or nothing: creates what is not there,
 * changes what is different, leaves alone what is the same, and deletes what is left if it is to
 * prune. Jobs without a key are none of its business.
 * @throws CarillonError `validation_failed` with the faults of all jobs, `secrets_not_configured`
 */
export async function applyManifest(core: Core, manifest: unknown): Promise<ManifestReport> {
  return applyChecked(core, checkManifest(manifest))
}

/** The same for a manifest that was checked. */
export async function applyChecked(core: Core, checked: CheckedManifest): Promise<ManifestReport> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await together(core, (inner) => write(inner, checked))
    } catch (error) {
      // Somebody else has created a job with one of these keys since they were looked for. Nothing is
      // done yet, and the next look sees it; inside of a transaction, that is to be done again whole.
      const isTaken = error instanceof CarillonError && error.code === 'key_exists'
      if (!isTaken || attempt === TRIES || core.db.query.isTransaction) throw error
    }
  }
}

/** What it would do. */
export async function rehearseManifest(core: Core, manifest: unknown): Promise<ManifestReport> {
  return rehearseChecked(core, checkManifest(manifest))
}

/** The same for a manifest that was checked. */
export async function rehearseChecked(
  core: Core,
  checked: CheckedManifest
): Promise<ManifestReport> {
  const { result } = await rehearse(core, (dry) => write(dry, checked))
  const changes = result.changes.map((change) =>
    change.action === 'created' ? { ...change, id: null } : change
  )
  return { ...result, dry_run: true, changes }
}

async function write(core: Core, manifest: CheckedManifest): Promise<ManifestReport> {
  const { known, surplus } = await readJobs(core, manifest)
  const changes: ManifestChange[] = []
  const faults = collectFaults()
  for (const [index, input] of manifest.jobs.entries()) {
    const change = await faults.ofAsync(index, () => applyJob(core, input, known.get(input.key)))
    if (change !== null) changes.push(change)
  }
  faults.throwAny()
  for (const job of surplus) {
    await deleteJob(core, job.id, { running: 'cancel' })
    changes.push({ ...changeOf('deleted', toJob(job)), next_run_at: null })
  }
  const count = (action: ManifestChange['action']): number =>
    changes.filter((change) => change.action === action).length
  return {
    dry_run: false,
    changes,
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    deleted: count('deleted')
  }
}

/** The jobs that a manifest is about, locked in the order of their ids. */
async function readJobs({ db }: Core, { jobs, tag, prune }: CheckedManifest) {
  const keys = new Set(jobs.map(({ key }) => key))
  const named = await listJobIdsByKey(db, [...keys])
  const others = prune ? await listKeyedJobIds(db, tag) : []
  const ids = [...new Set([...named, ...others])].sort((a, b) => a - b)
  await lockJobs(db, ids)
  const known = new Map<string, JobRow>()
  const surplus: JobRow[] = []
  for (const row of await listJobsById(db, ids)) {
    if (row.job_key === null) continue
    if (keys.has(row.job_key)) known.set(row.job_key, row)
    else surplus.push(row)
  }
  return { known, surplus }
}

async function applyJob(
  core: Core,
  input: ManifestJob,
  row: JobRow | undefined
): Promise<ManifestChange> {
  if (row === undefined) return changeOf('created', await createJob(core, input))
  const stored = decodeStored(row.definition)
  const sealed = sealInput(core.vault, input, { id: row.id, stored })
  if (isDeepStrictEqual(sealed, stored)) return changeOf('unchanged', toJob(row))
  const diff = diffInputs(stored, sealed)
  return { ...changeOf('updated', await replaceJob(core, row.id, { input })), diff }
}

function changeOf(action: ManifestChange['action'], job: Job): ManifestChange {
  const { id, name, version, next_run_at } = job
  return { action, key: job.key ?? '', id, name, version, diff: null, next_run_at }
}
