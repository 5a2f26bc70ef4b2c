/** What one field of a cron expression may hold. */
export interface CronField {
  /** As the user would call it. */
  readonly name: 'second' | 'minute' | 'hour' | 'day of month' | 'month' | 'weekday'
  readonly min: number
  /** The largest distinct value: Saturday for weekdays, where 7 is another name of Sunday. */
  readonly max: number
  /** The largest value `H` chooses: 28 for days, because every month has those. */
  readonly hashMax: number
  /** The three-letter names, the first of which stands for `min`. */
  readonly names: readonly string[]
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

export const SECOND: CronField = { name: 'second', min: 0, max: 59, hashMax: 59, names: [] }
export const MINUTE: CronField = { name: 'minute', min: 0, max: 59, hashMax: 59, names: [] }
export const HOUR: CronField = { name: 'hour', min: 0, max: 23, hashMax: 23, names: [] }
export const DAY: CronField = { name: 'day of month', min: 1, max: 31, hashMax: 28, names: [] }
export const MONTH: CronField = { name: 'month', min: 1, max: 12, hashMax: 12, names: MONTHS }
export const WEEKDAY: CronField = { name: 'weekday', min: 0, max: 6, hashMax: 6, names: WEEKDAYS }

/** The fields in the order in which six of them are written. */
export const CRON_FIELDS: readonly CronField[] = [SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY]

/** "0-59", or "0-7 or SUN-SAT": what a sentence about a wrong value names as right. */
export function allowedValues(field: CronField): string {
  const last = field === WEEKDAY ? 7 : field.max
  const names = field.names.length > 0 ? ` or ${field.names.at(0)}-${field.names.at(-1)}` : ''
  return `${field.min}-${last}${names}`
}
