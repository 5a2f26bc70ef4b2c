import { checkCrontab, type CheckedCrontab } from '../domain/check-crontab.ts'
import type { CrontabLine, CrontabReport, ParsedLine } from '../domain/crontab-report.ts'
import { checkJobInput, firstOccurrence } from '../domain/define-job.ts'
import { withDefaults } from '../domain/job-definition.ts'
import { PROVISIONAL_SEED } from '../domain/job-schedule.ts'
import type { JobInput } from '../domain/job.ts'
import type { ManifestChange, ManifestReport } from '../domain/manifest.ts'
import { applyChecked, rehearseChecked } from './apply-manifest.ts'
import type { CheckedManifest, ManifestJob } from '../domain/check-manifest.ts'
import type { Core } from './core.ts'

/**
 * Turns a crontab into jobs, all of it or nothing. Each has a key that is made of its command, so
 * that the same crontab twice leaves what it leaves once; jobs of lines that are gone stay.
 * @throws CarillonError `validation_failed` with every line that cannot be a job
 */
export async function importCrontab(core: Core, request: unknown): Promise<CrontabReport> {
  const checked = checkIn(core, request)
  return reportOf(checked, await applyChecked(core, manifestOf(checked)))
}

/** What it would do; it refuses the same lines. */
export async function rehearseCrontab(core: Core, request: unknown): Promise<CrontabReport> {
  const checked = checkIn(core, request)
  return reportOf(checked, await rehearseChecked(core, manifestOf(checked)))
}

/** Whatever would refuse a job of its own refuses its line. */
function checkIn(core: Core, request: unknown): CheckedCrontab {
  const now = core.clock.now()
  return checkCrontab(request, (job) => {
    const input = checkJobInput(job)
    core.checkTarget(withDefaults(input))
    firstOccurrence(input, { now, createdAt: now, seed: PROVISIONAL_SEED })
    return input
  })
}

function manifestOf({ lines }: CheckedCrontab): CheckedManifest {
  return {
    jobs: lines.flatMap(({ job }) => (hasKey(job) ? [job] : [])),
    tag: undefined,
    prune: false
  }
}

function hasKey(job: JobInput | null): job is ManifestJob {
  return job?.key != null
}

function reportOf(checked: CheckedCrontab, report: ManifestReport): CrontabReport {
  const { dry_run, created, updated, unchanged } = report
  const changes = new Map(report.changes.map((change) => [change.key, change]))
  return {
    dry_run,
    timezone: checked.timezone,
    user_column: checked.userColumn,
    lines: checked.lines.map((line) => lineOf(line, changes.get(line.job?.key ?? ''))),
    created,
    updated,
    unchanged,
    refused: checked.lines.filter(({ outcome }) => outcome === 'refused').length
  }
}

function lineOf(line: ParsedLine, change: ManifestChange | undefined): CrontabLine {
  if (change === undefined || change.action === 'deleted') {
    return { ...line, action: null, id: null, next_run_at: null }
  }
  const { action, id, next_run_at } = change
  return { ...line, action, id, next_run_at }
}
