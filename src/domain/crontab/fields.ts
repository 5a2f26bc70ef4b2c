import { CarillonError } from '../errors.ts'
import { parseCron } from '../cron/cron.ts'
import { shown } from '../validation.ts'

/** When an entry runs, in our words: with notes, or the reason why it cannot be. */
export type EntrySchedule =
  | { schedule: string; notes: string[]; reason: null }
  | { schedule: null; notes: []; reason: string }

const NAMES = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)$/i
/** crontab(5) knows no other words in fields than the names of months and days. */
const FIELD = /^[\d*,\-/~]+$/

/** Reads a macro, or five fields. */
export function readSchedule(fields: readonly string[]): EntrySchedule {
  const [first = ''] = fields
  if (/^@reboot$/i.test(first)) {
    return refused(
      '@reboot is not supported: a schedule does not know restarts; start it with the machine.'
    )
  }
  if (/^@every/i.test(first)) return refused('"@every" is not of crontab(5); write five fields.')
  const strange = fields.find((field) => !first.startsWith('@') && !isField(field))
  if (strange !== undefined) {
    return refused(
      `${shown(strange)} is not a field of a crontab; write five, such as 0 9 * * 1, then the command.`
    )
  }
  const spread = fields.map(withoutTilde)
  const schedule = spread.join(' ')
  try {
    parseCron(schedule)
  } catch (error) {
    if (error instanceof CarillonError) return refused(error.message)
    throw error
  }
  const isSpread = schedule !== fields.join(' ')
  const note =
    'The random time of "~" is written as H: chosen by the id of the job, always the same.'
  return { schedule, notes: isSpread ? [note] : [], reason: null }
}

function refused(reason: string): EntrySchedule {
  return { schedule: null, notes: [], reason }
}

function isField(field: string): boolean {
  return FIELD.test(
    field
      .split(/([a-z]+)/i)
      .map((part) => (NAMES.test(part) ? '0' : part))
      .join('')
  )
}

/** cronie: `a~b` is a random value of that range, and `~` of the whole field. */
function withoutTilde(field: string): string {
  return field.replaceAll(/(\d*)~(\d*)/g, (whole, from: string, to: string) => {
    if (from === '' && to === '') return 'H'
    return from === '' || to === '' ? whole : `H(${from}-${to})`
  })
}
