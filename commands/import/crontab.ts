import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { ProblemError, type CrontabReport } from '../../client.ts'
import { CarillonError } from '../../src/domain/errors.ts'
import { flagsOnly, invalid } from '../../src/option-sources.ts'
import { readText } from '../document.ts'
import { printJson, printNote, printTable } from '../print.ts'
import type { ServiceCall } from '../service-call.ts'
import { crontabColumns } from './columns.ts'

/** Of `carillon import crontab`. */
export const CrontabFlags = flagsOnly({
  apply: Type.Boolean({ description: 'Create the jobs; without it, say what would be.' }),
  userColumn: Type.Boolean({
    description: 'A user stands before each command; with =false, none; without the flag, a guess.'
  }),
  timezone: Type.String({
    description: 'Where the crontab sets none; that of this machine, as of its cron.'
  }),
  tag: Type.String({ description: 'Give every job this tag, such as the name of the machine.' }),
  skipRefused: Type.Boolean({ description: 'Leave out lines that cannot be jobs.' })
})

type Call = Pick<ServiceCall<typeof CrontabFlags>, 'client' | 'options' | 'isJson'>

/**
 * Imports a crontab, or shows what would become of it; exit code 1 where a line would be refused.
 * @throws CarillonError `validation_failed` for lines that are refused
 */
export async function importCrontab(call: Call, files: readonly string[]): Promise<void> {
  const [file, ...others] = files
  if (file === undefined || others.length > 0) {
    throw invalid(
      'Which file? One, or "-" for standard input: crontab -l | carillon import crontab -'
    )
  }
  const { client, options, isJson } = call
  const { apply = false, userColumn, tag, skipRefused = false } = options
  const { timezone = Intl.DateTimeFormat().resolvedOptions().timeZone } = options
  const request = {
    crontab: await readText(file),
    timezone,
    ...(tag && { tag }),
    ...(userColumn !== undefined && { user_column: userColumn }),
    // What is shown is every line, those that will be refused too.
    skip_refused: skipRefused || !apply
  }
  const calls = apply ? client : client.dryRun
  const report = await calls.importCrontab(request).catch((error: unknown) => {
    throw withLines(error)
  })
  if (isJson) printJson(report)
  else show(report)
  if (report.refused > 0 && !skipRefused) noteRefused(report.refused)
}

function show({ lines, timezone, ...report }: CrontabReport): void {
  printTable(
    crontabColumns,
    lines.filter(({ outcome }) => outcome !== 'blank' && outcome !== 'comment')
  )
  const said = lines.flatMap(({ line, reason, notes }) => [
    ...(reason === null ? [] : [`✗ line ${line}: ${reason}`]),
    ...notes.map((note) => `! line ${line}: ${note}`)
  ])
  const { created, updated, unchanged, refused: left, dry_run: isDry } = report
  const sum = `${created} created, ${updated} updated, ${unchanged} unchanged, ${left} refused; times are of ${timezone} unless the crontab says another zone.`
  const would = isDry ? 'Nothing was changed; with --apply: ' : ''
  process.stdout.write(`${['', ...said, would + sum].join('\n')}\n`)
}

/** Not thrown: the process would end before a pipe has taken what was printed. */
function noteRefused(count: number): void {
  const lines = count === 1 ? 'One line cannot be a job' : `${count} lines cannot be jobs`
  printNote(
    `carillon: ${lines}, so --apply would change nothing; mend the crontab, or give --skip-refused.`
  )
  process.exitCode = 1
}

/** The lines that the service refused, one below the other. */
function withLines(error: unknown): unknown {
  if (!(error instanceof ProblemError) || error.errors.length === 0) return error
  const faults = error.errors.map(({ detail }) => detail)
  return new CarillonError('validation_failed', [...faults, 'Nothing was changed.'].join('\n'))
}
