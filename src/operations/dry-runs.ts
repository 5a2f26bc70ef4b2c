import type { DryRun } from '../domain/dry-run.ts'
import type { BulkReport, BulkRequest } from '../domain/bulk.ts'
import type { BulkRunsReport, BulkRunsRequest } from '../domain/bulk-runs.ts'
import type { CrontabReport, CrontabRequest } from '../domain/crontab-report.ts'
import type { Manifest, ManifestReport } from '../domain/manifest.ts'
import { formatInstant } from '../domain/instant.ts'
import type { Job, JobInput, JobPatch } from '../domain/job.ts'
import type { Run } from '../domain/run.ts'
import { listPlanned } from '../domain/outlook.ts'
import type { Db } from '../store/db.ts'
import { findJob, findJobId } from '../store/jobs.ts'
import type { Core, Precondition } from './core.ts'
import { rehearseManifest } from './apply-manifest.ts'
import { rehearseBulk } from './bulk-jobs.ts'
import { rehearseBulkRuns } from './bulk-runs.ts'
import { createJob } from './create-job.ts'
import { deleteJob, type DeleteMode } from './delete-job.ts'
import { rehearseCrontab } from './import-crontab.ts'
import { outlookOf } from './outlook.ts'
import { pauseJob, resumeJob, type PauseRequest } from './pause-job.ts'
import { rehearse } from './rehearse.ts'
import { putJob } from './put-job.ts'
import { runJob, type RunRequest } from './run-job.ts'
import { skipJob } from './skip-job.ts'
import { replaceJob, updateJob } from './update-job.ts'

const SHOWN = 5

/** The writes of jobs and runs, each told as what it would do; refused as the write itself would be. */
export interface DryRuns {
  createJob(input: JobInput): Promise<DryRun>
  updateJob(id: number, patch: JobPatch, options?: Precondition): Promise<DryRun>
  replaceJob(id: number, input: JobInput, options?: Precondition): Promise<DryRun>
  putJob(key: string, input: JobInput, options?: Precondition): Promise<DryRun>
  apply(manifest: Manifest): Promise<ManifestReport>
  importCrontab(request: CrontabRequest): Promise<CrontabReport>
  bulk(request: BulkRequest): Promise<BulkReport>
  bulkRuns(request: BulkRunsRequest): Promise<BulkRunsReport>
  deleteJob(id: number, options?: { running?: DeleteMode } & Precondition): Promise<DryRun>
  pause(id: number, request?: PauseRequest): Promise<DryRun>
  resume(id: number, options?: { catch_up?: boolean }): Promise<DryRun>
  skip(id: number, count: number): Promise<DryRun>
  run(id: number, request?: RunRequest): Promise<DryRun>
}

export function createDryRuns(core: Core): DryRuns {
  const ofJob = (id: number | null, write: (dry: Core) => Promise<Job>): Promise<DryRun> =>
    dryRun(core, id, async (dry) => ({ job: await write(dry) }))
  return {
    createJob: (input) => ofJob(null, (dry) => createJob(dry, input)),
    updateJob: (id, patch, options = {}) =>
      ofJob(id, (dry) => updateJob(dry, id, { patch, ...options })),
    replaceJob: (id, input, options = {}) =>
      ofJob(id, (dry) => replaceJob(dry, id, { input, ...options })),
    putJob: async (key, input, options = {}) => {
      const id = (await findJobId(core.db, key)) ?? null
      return ofJob(id, async (dry) => (await putJob(dry, key, { input, ...options })).job)
    },
    apply: (manifest) => rehearseManifest(core, manifest),
    importCrontab: (request) => rehearseCrontab(core, request),
    bulk: (request) => rehearseBulk(core, request),
    bulkRuns: (request) => rehearseBulkRuns(core, request),
    deleteJob: (id, { running = 'cancel', ...options } = {}) =>
      dryRun(core, id, async (dry) => {
        await deleteJob(dry, id, { running, ...options })
        return {}
      }),
    pause: (id, request = {}) => ofJob(id, (dry) => pauseJob(dry, id, request)),
    resume: (id, { catch_up: catchUp = false } = {}) =>
      ofJob(id, (dry) => resumeJob(dry, id, catchUp)),
    skip: (id, count) => ofJob(id, (dry) => skipJob(dry, id, count)),
    run: (id, request = {}) =>
      dryRun(core, id, async (dry) => ({ run: await runJob(dry, id, request) }))
  }
}

/** `id` is null for a job that is not there yet. */
async function dryRun(
  core: Core,
  id: number | null,
  write: (dry: Core) => Promise<{ job?: Job; run?: Run }>
): Promise<DryRun> {
  const { result, cancelled } = await rehearse(core, async (dry) => {
    const before = id === null ? [] : await listNext(dry.db, id)
    const written = await write(dry)
    const writtenId = id ?? written.job?.id
    const after = writtenId === undefined ? [] : await listNext(dry.db, writtenId)
    return { ...written, next_before: before, next_after: after }
  })
  return { dry_run: true, ...result, cancelled: [...cancelled] }
}

async function listNext(db: Db, id: number): Promise<string[]> {
  const job = await findJob(db, id)
  const outlook = job === undefined ? null : outlookOf(job)
  return outlook === null ? [] : listPlanned(outlook, SHOWN).map(formatInstant)
}
