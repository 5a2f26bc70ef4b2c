import {
  CrontabRequest,
  MAX_CRONTAB_JOBS,
  MAX_CRONTAB_LINES,
  type ParsedLine
} from './crontab-report.ts'
import { canonicalTimezone } from './cron/cron.ts'
import { linesOf, parseCrontab } from './crontab/parse-crontab.ts'
import { CarillonError, refuse, type Fault } from './errors.ts'
import type { JobInput } from './job.ts'
import { createParser, shown } from './validation.ts'

const MAX_FAULTS = 1_000

const parseRequest = createParser(CrontabRequest, 'body')

/** A crontab whose lines are jobs, or are to be left out. */
export interface CheckedCrontab {
  lines: ParsedLine[]
  timezone: string
  userColumn: boolean
}

/**
 * Reads a crontab. `checkJob` returns the job as it is stored, or throws what is wrong with it.
 * @throws CarillonError `validation_failed` for a request that is none, for too many lines or jobs,
 *   and, unless they are to be left out, with every line that cannot be a job, at most 1,000
 */
export function checkCrontab(
  value: unknown,
  checkJob: (job: JobInput) => JobInput
): CheckedCrontab {
  const {
    crontab,
    timezone = 'UTC',
    tag = null,
    user_column = 'auto',
    skip_refused
  } = parseRequest(value)
  const zone = canonicalTimezone(timezone)
  const texts = linesOf(crontab)
  if (texts.length > MAX_CRONTAB_LINES) throw tooMany(texts.length, 'lines', MAX_CRONTAB_LINES)
  const parsed = parseCrontab(texts, { zone, tag, userColumn: user_column })
  const count = parsed.lines.filter(({ outcome }) => outcome === 'job').length
  if (count > MAX_CRONTAB_JOBS) throw tooMany(count, 'jobs', MAX_CRONTAB_JOBS)
  const lines = parsed.lines.map((line) => checkLine(line, checkJob))
  if (skip_refused !== true) refuseBad(lines)
  return { lines, timezone: zone, userColumn: parsed.userColumn }
}

function checkLine(line: ParsedLine, checkJob: (job: JobInput) => JobInput): ParsedLine {
  if (line.job === null) return line
  try {
    return { ...line, job: checkJob(line.job) }
  } catch (error) {
    if (!(error instanceof CarillonError)) throw error
    // Why it is no request matters to whoever may not start programs.
    const reason = [error.message, ...line.notes].join(' ')
    return { ...line, outcome: 'refused', job: null, reason, notes: [] }
  }
}

function refuseBad(lines: readonly ParsedLine[]): void {
  const faults = lines.flatMap(({ line, text, reason }): Fault[] => {
    if (reason === null) return []
    return [{ in: 'body', pointer: '/crontab', detail: `Line ${line}, ${shown(text)}: ${reason}` }]
  })
  const [first, ...others] = faults
  if (first === undefined) return
  const more = others.length === 0 ? '' : `${others.length} more of such lines; `
  const message = `${first.detail} (${more}nothing was changed; "skip_refused" leaves them out)`
  throw new CarillonError('validation_failed', message, { faults: faults.slice(0, MAX_FAULTS) })
}

function tooMany(count: number, what: string, most: number): CarillonError {
  const detail = `"crontab" has ${count} ${what}, but may have ${most}; import it in parts.`
  return refuse('/crontab', detail)
}
