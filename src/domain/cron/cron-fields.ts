import { CronPattern } from 'croner'
import { BitSet } from './bit-set.ts'
import type { DayRules } from './day-rules.ts'

/** What each field of an expression allows, as sets. */
export interface CronFields {
  readonly seconds: BitSet
  readonly minutes: BitSet
  readonly hours: BitSet
  /** 0 for January … 11 for December. */
  readonly months: BitSet
  readonly days: DayRules
}

/**
 * The sets of six plain fields, as croner parses them. The fields must have been checked and freed
 * of `H` before, so that what reaches croner is only what it and we read in the same way; whatever
 * it still refuses is a fault of ours, and its error passes through.
 */
export function readFields(plain: readonly string[], either: boolean): CronFields {
  const dates = (plain[3] ?? '').split(',')
  const pattern = new CronPattern(forCroner(plain, dates).join(' '), undefined, { mode: '6-part' })
  return {
    seconds: new BitSet(membersOf(pattern.second)),
    minutes: new BitSet(membersOf(pattern.minute)),
    hours: new BitSet(membersOf(pattern.hour)),
    months: new BitSet(membersOf(pattern.month)),
    days: {
      dates: bitsOf(pattern.day),
      nearest: bitsOf(pattern.nearestWeekdays),
      last: pattern.lastDayOfMonth,
      lastWeekday: dates.includes('LW'),
      weekdays: [...pattern.dayOfWeek],
      either
    }
  }
}

/** croner knows `LW` only as the whole field, so in a list it is kept from it. */
function forCroner(plain: readonly string[], dates: readonly string[]): readonly string[] {
  const others = dates.filter((date) => date !== 'LW')
  return plain.with(3, others.length > 0 ? others.join(',') : 'LW')
}

function membersOf(flags: readonly number[]): number[] {
  return flags.flatMap((flag, index) => (flag === 0 ? [] : [index]))
}

function bitsOf(flags: readonly number[]): number {
  return membersOf(flags).reduce((bits, index) => bits | (1 << index), 0)
}
