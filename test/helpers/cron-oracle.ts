/**
 * What a cron expression means, said as slowly and plainly as possible, to judge the real code by.
 * It shares nothing with it: it reads the clock on the wall from Intl's date fields, hour by hour,
 * and tries every minute and second. It knows no `H`, macros or prefixes, and refuses nothing.
 */

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000

export interface Dst {
  gap: 'shift' | 'skip'
  overlap: 'first' | 'both'
}

/** A stretch of real time in which wall time keeps its distance; at most an hour long. */
export interface Block {
  start: number
  end: number
  /** Wall time minus real time. */
  offset: number
}

interface Pattern {
  fixed: boolean
  seconds: number[]
  minutes: Set<number>
  hours: Set<number>
  matchesDay: (wallDay: number) => boolean
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Wall time minus real time at an instant, from the date and time that Intl shows. */
export function offsetAt(zone: string, at: number): number {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric'
    })
    formats.set(zone, format)
  }
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] =
    format.format(at).match(/\d+/g)?.map(Number) ?? []
  const whole = Math.floor(at / SECOND) * SECOND
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole
}

/** Real time from `from` (a whole hour) to `until`, cut wherever the clock was changed. */
export function blocksOf(zone: string, from: number, until: number): Block[] {
  const blocks: Block[] = []
  let offset = offsetAt(zone, from)
  for (let start = from; start < until; start += HOUR) {
    const after = offsetAt(zone, start + HOUR)
    if (after === offset) {
      blocks.push({ start, end: start + HOUR, offset })
      continue
    }
    const change = changeIn(zone, start, offset)
    blocks.push({ start, end: change, offset }, { start: change, end: start + HOUR, offset: after })
    offset = after
  }
  return blocks.filter((block) => block.end > block.start)
}

function changeIn(zone: string, start: number, offset: number): number {
  let at = start
  for (const step of [MINUTE, SECOND]) {
    while (offsetAt(zone, at + step) === offset) at += step
  }
  return at + SECOND
}

/** Every occurrence in `(after, until]`. `blocks` must begin at least 26 hours before `after`. */
export function occurrencesIn(
  expression: string,
  blocks: readonly Block[],
  options: { after: number; until: number; dst?: Dst }
): number[] {
  const pattern = read(expression)
  const found: number[] = []
  let shown = -Infinity
  for (const { start, end, offset } of blocks) {
    const wall = start + offset
    if (shown !== -Infinity && pattern.fixed && options.dst?.gap !== 'skip') {
      if (matchesBetween(pattern, shown, wall).length > 0) found.push(start)
    }
    const once = pattern.fixed && options.dst?.overlap !== 'both'
    const first = once ? Math.max(wall, shown) : wall
    found.push(...matchesBetween(pattern, first, end + offset).map((match) => match - offset))
    shown = Math.max(shown, end + offset)
  }
  const wanted = found.filter((at) => at > options.after && at <= options.until)
  return [...new Set(wanted)].sort((a, b) => a - b)
}

/** The same for a zone and an interval, blocks and all. */
export function occurrences(
  expression: string,
  zone: string,
  options: { after: number; until: number; dst?: Dst }
): number[] {
  const from = Math.floor(options.after / HOUR) * HOUR - 27 * HOUR
  return occurrencesIn(expression, blocksOf(zone, from, options.until + 1), options)
}

/** Every wall time in `[from, to)` that matches. */
function matchesBetween(pattern: Pattern, from: number, to: number): number[] {
  const matches: number[] = []
  for (let minute = Math.floor(from / MINUTE) * MINUTE; minute < to; minute += MINUTE) {
    if (!pattern.minutes.has(Math.floor(minute / MINUTE) - 60 * Math.floor(minute / HOUR))) continue
    if (!pattern.hours.has(Math.floor(minute / HOUR) - 24 * Math.floor(minute / DAY))) continue
    if (!pattern.matchesDay(Math.floor(minute / DAY))) continue
    for (const second of pattern.seconds) {
      const at = minute + second * SECOND
      if (at >= from && at < to) matches.push(at)
    }
  }
  return matches
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ')
const patterns = new Map<string, Pattern>()

function read(expression: string): Pattern {
  const known = patterns.get(expression)
  if (known !== undefined) return known
  const given = expression.toUpperCase().split(' ')
  const [second, minute, hour, date, month, weekday] = (
    given.length === 5 ? ['0', ...given] : given
  ) as [string, string, string, string, string, string]
  const months = new Set(valuesOf(month, [1, 12], MONTHS))
  const days = new Map<number, boolean>()
  const decide = (wallDay: number) => {
    const day = new Date(wallDay * DAY)
    if (!months.has(day.getUTCMonth() + 1)) return false
    const byDate = date.split(',').some((item) => dateMatches(item, day))
    const byWeekday = weekday.split(',').some((item) => weekdayMatches(item, day))
    const either = !/^[*?]/.test(date) && !/^[*?]/.test(weekday)
    return either ? byDate || byWeekday : byDate && byWeekday
  }
  const pattern: Pattern = {
    fixed: !/[*/]/.test(minute + hour),
    seconds: valuesOf(second, [0, 59]),
    minutes: new Set(valuesOf(minute, [0, 59])),
    hours: new Set(valuesOf(hour, [0, 23])),
    matchesDay: (wallDay) => {
      const answer = days.get(wallDay) ?? decide(wallDay)
      days.set(wallDay, answer)
      return answer
    }
  }
  patterns.set(expression, pattern)
  return pattern
}

function valuesOf(field: string, [min, max]: [number, number], names: string[] = []): number[] {
  const number = (text: string) => (names.includes(text) ? names.indexOf(text) + min : Number(text))
  const values: number[] = []
  for (const item of field.split(',')) {
    const [base = '', step] = item.split('/')
    const [first = '', last] = /^[*?]$/.test(base) ? [String(min), String(max)] : base.split('-')
    const end = last === undefined ? (step === undefined ? number(first) : max) : number(last)
    for (let n = number(first); n <= end; n += Number(step ?? 1)) values.push(n)
  }
  return [...new Set(values)].sort((a, b) => a - b)
}

function dateMatches(item: string, day: Date): boolean {
  const date = day.getUTCDate()
  const lastDate = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate()
  if (item === 'L') return date === lastDate
  if (!item.endsWith('W')) return valuesOf(item, [1, 31]).includes(date)
  const target = item === 'LW' ? lastDate : Number(item.slice(0, -1))
  if (target > lastDate) return false
  // The nearest Monday to Friday of the month: try the target, then a day away, then two.
  for (const distance of [0, -1, 1, -2, 2]) {
    const candidate = target + distance
    if (candidate < 1 || candidate > lastDate) continue
    const weekday = new Date(
      Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), candidate)
    ).getUTCDay()
    if (weekday >= 1 && weekday <= 5) return date === candidate
  }
  return false
}

function weekdayMatches(item: string, day: Date): boolean {
  const weekday = day.getUTCDay()
  const special = /^(\w+?)(?:#(\d)|L)$/.exec(item)
  if (special === null) {
    const sundayLast = item.replace(/-SUN$/, '-7')
    return valuesOf(sundayLast, [0, 6], WEEKDAYS).some((value) => value % 7 === weekday)
  }
  const [, name = '', nth] = special
  if (valuesOf(name, [0, 6], WEEKDAYS).every((value) => value % 7 !== weekday)) return false
  if (nth !== undefined) return Math.ceil(day.getUTCDate() / 7) === Number(nth)
  return new Date(day.getTime() + 7 * DAY).getUTCMonth() !== day.getUTCMonth()
}
