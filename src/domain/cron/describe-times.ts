import type { BitSet } from './bit-set.ts'
import type { CronFields } from './cron-fields.ts'
import { commonStep, joinWords, namesOf, ordinal, twoDigits } from './words.ts'

/** More times than this are told by their rule, not one by one. */
const MAX_LISTED = 8

/**
 * The times of a day in words, without a capital: "at 09:00 and 17:30", "every 15 minutes from
 * 09:00 to 17:45", "every hour at minute 30".
 */
export function describeTimes(fields: CronFields): string {
  const { seconds, minutes, hours } = fields
  if (listsTimes(fields)) return `at ${listed(fields)}`
  const second = only(seconds)
  if (second === null) return `${everySecond(seconds)}${during(fields)}`
  const phrase = describeMinutes(minutes, hours)
  return second === 0 ? phrase : `${phrase}, at second ${second}`
}

/** Whether the phrase tells times of day, so that the days have to be told as well. */
export function listsTimes({ seconds, minutes, hours }: CronFields): boolean {
  return seconds.size <= 2 && minutes.size * hours.size * seconds.size <= MAX_LISTED
}

function listed({ seconds, minutes, hours }: CronFields): string {
  const withSeconds = only(seconds) !== 0
  const times = [...hours].flatMap((hour) =>
    [...minutes].flatMap((minute) =>
      [...seconds].map(
        (second) => clock(hour, minute) + (withSeconds ? `:${twoDigits(second)}` : '')
      )
    )
  )
  return joinWords(times)
}

function describeMinutes(minutes: BitSet, hours: BitSet): string {
  const minute = only(minutes)
  if (minute !== null) return describeHours(minute, hours)
  const every = cycle(minutes, 60)
  if (every === null) return `at minutes ${numbers(minutes)} of ${ofHours(hours)}`
  const phrase = every === 1 ? 'every minute' : `every ${every} minutes`
  const first = minutes.atLeast(0)
  const start = first === 0 ? '' : `, from minute ${first} of the hour on`
  return `${phrase}${start}${span(hours, minutes)}`
}

function describeHours(minute: number, hours: BitSet): string {
  const every = cycle(hours, 24)
  const at = minute === 0 ? 'on the hour' : `at minute ${minute}`
  const first = hours.atLeast(0)
  if (every === 1) return `every hour ${at}`
  if (every !== null) return `every ${every} hours, first at ${clock(first, minute)}`
  if (commonStep([...hours]) !== 1) return `at minute ${minute} of ${ofHours(hours)}`
  return `every hour from ${clock(first, minute)} to ${clock(hours.atMost(23), minute)}`
}

/** The hours in which something runs every few minutes: nothing when it is all of them. */
function span(hours: BitSet, minutes: BitSet): string {
  if (hours.size === 24) return ''
  const list = [...hours]
  if (list.length > 1 && commonStep(list) !== 1) return `, in ${ofHours(hours)}`
  const from = clock(hours.atLeast(0), minutes.atLeast(0))
  return ` from ${from} to ${clock(hours.atMost(23), minutes.atMost(59))}`
}

function ofHours(hours: BitSet): string {
  const every = cycle(hours, 24)
  if (every === 1) return 'every hour'
  if (every !== null) return `every ${ordinal(every)} hour from ${clock(hours.atLeast(0), 0)} on`
  return hours.size === 1 ? `hour ${numbers(hours)}` : `the hours ${numbers(hours)}`
}

function everySecond(seconds: BitSet): string {
  const every = cycle(seconds, 60)
  if (every === null || seconds.atLeast(0) !== 0) return `at seconds ${numbers(seconds)}`
  return every === 1 ? 'every second' : `every ${every} seconds`
}

/** The minutes in which something runs every few seconds. */
function during({ seconds, minutes, hours }: CronFields): string {
  const everyMinute = cycle(seconds, 60) === null ? ' of every minute' : ''
  if (minutes.size === 60) return everyMinute + (hours.size === 24 ? '' : `, in ${ofHours(hours)}`)
  if (minutes.size * hours.size > MAX_LISTED) {
    return `, in minutes ${numbers(minutes)} of ${ofHours(hours)}`
  }
  const starts = [...hours].flatMap((hour) => [...minutes].map((minute) => clock(hour, minute)))
  return ` of the minute${starts.length > 1 ? 's' : ''} ${joinWords(starts)}`
}

/** The only member, or null. */
function only(set: BitSet): number | null {
  return set.size === 1 ? set.atLeast(0) : null
}

/** The step of a set that goes round evenly, as every 15 of 60 does; else null. */
function cycle(set: BitSet, length: number): number | null {
  const step = commonStep([...set])
  return step !== null && step * set.size === length ? step : null
}

function numbers(set: BitSet): string {
  return namesOf([...set], String)
}

function clock(hour: number, minute: number): string {
  return `${twoDigits(hour)}:${twoDigits(minute)}`
}
