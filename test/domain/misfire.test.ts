import { test } from 'tap'
import { compileCron } from '../../src/domain/cron/cron.ts'
import { nothingExcluded } from '../../src/domain/exclusion.ts'
import { createInterval, createOneShot, startingAt } from '../../src/domain/interval.ts'
import {
  decideOwed,
  MAX_SINGLE_MISSED,
  MISFIRE_POLICIES,
  type DueJob,
  type MisfireRule,
  type Owed
} from '../../src/domain/misfire.ts'
import type { Schedule } from '../../src/domain/schedule.ts'
import { Random } from '../helpers/random.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MIDNIGHT = Date.parse('2026-03-04T00:00:00Z')

/** "10:00", or "+1 10:00" for the day after. */
function instant(text: string): number {
  const [time = '', day = '0'] = text.split(' ').toReversed()
  return MIDNIGHT + Number(day) * DAY + Date.parse(`1970-01-01T${time.padEnd(5, '0')}Z`)
}

function shortly(at: number): string {
  const day = Math.floor((at - MIDNIGHT) / DAY)
  const time = new Date(at)
    .toISOString()
    .slice(11, 23)
    .replace(/\.000$/, '')
    .replace(/:00$/, '')
  return day === 0 ? time : `+${day} ${time}`
}

function told({ run, notRun, next }: Owed) {
  return {
    run: run.map(({ scheduledFor, cause }) => `${shortly(scheduledFor)} ${cause}`),
    missed: notRun.map(({ from, to, count, reason }) =>
      count === 1
        ? `${shortly(from)} ${reason}`
        : `${shortly(from)}–${shortly(to)} ×${count} ${reason}`
    ),
    next: next === null ? null : shortly(next)
  }
}

const tenMinutes = createInterval(MIDNIGHT, 10 * MINUTE)
const daily = createInterval(instant('09:00'), DAY)
const monthly = createInterval(instant('09:00'), 30 * DAY)
const once = createOneShot(instant('10:00'))

type Case = [
  what: string,
  rule: Partial<MisfireRule>,
  schedule: Schedule,
  due: string,
  now: string,
  run: string[],
  missed: string[],
  next: string | null
]

const CASES: readonly Case[] = [
  // On time.
  ...MISFIRE_POLICIES.flatMap((policy): Case[] => [
    [
      `${policy}: at its instant`,
      { policy },
      tenMinutes,
      '10:00',
      '10:00',
      ['10:00 schedule'],
      [],
      '10:10'
    ],
    [
      `${policy}: a minute late is on time`,
      { policy },
      tenMinutes,
      '10:00',
      '10:01',
      ['10:00 schedule'],
      [],
      '10:10'
    ],
    [`${policy}: the last one`, { policy }, once, '10:00', '10:00:01', ['10:00 schedule'], [], null]
  ]),
  // One occurrence, late.
  [
    'latest: late',
    { policy: 'latest' },
    tenMinutes,
    '10:00',
    '10:01:00.001',
    ['10:00 catch_up'],
    [],
    '10:10'
  ],
  [
    'all: late',
    { policy: 'all' },
    tenMinutes,
    '10:00',
    '10:01:00.001',
    ['10:00 catch_up'],
    [],
    '10:10'
  ],
  [
    'skip: late',
    { policy: 'skip' },
    tenMinutes,
    '10:00',
    '10:01:00.001',
    [],
    ['10:00 downtime'],
    '10:10'
  ],
  // Short downtime.
  [
    'latest: the newest is on time',
    { policy: 'latest', windowMs: HOUR },
    tenMinutes,
    '10:00',
    '10:20:30',
    ['10:20 schedule'],
    ['10:00 coalesced', '10:10 coalesced'],
    '10:30'
  ],
  [
    'all: the newest is on time',
    { policy: 'all', windowMs: HOUR },
    tenMinutes,
    '10:00',
    '10:20:30',
    ['10:00 catch_up', '10:10 catch_up', '10:20 schedule'],
    [],
    '10:30'
  ],
  [
    'skip: the newest is on time',
    { policy: 'skip' },
    tenMinutes,
    '10:00',
    '10:20:30',
    ['10:20 schedule'],
    ['10:00 downtime', '10:10 downtime'],
    '10:30'
  ],
  [
    'latest: none is on time',
    { policy: 'latest', windowMs: HOUR },
    tenMinutes,
    '10:00',
    '10:25',
    ['10:20 catch_up'],
    ['10:00 coalesced', '10:10 coalesced'],
    '10:30'
  ],
  [
    'all: none is on time',
    { policy: 'all', windowMs: HOUR },
    tenMinutes,
    '10:00',
    '10:25',
    ['10:00 catch_up', '10:10 catch_up', '10:20 catch_up'],
    [],
    '10:30'
  ],
  [
    'skip: none is on time',
    { policy: 'skip' },
    tenMinutes,
    '10:00',
    '10:25',
    [],
    ['10:00 downtime', '10:10 downtime', '10:20 downtime'],
    '10:30'
  ],
  // The window, and the limit.
  [
    'latest: out of the window',
    { policy: 'latest', windowMs: 15 * MINUTE },
    tenMinutes,
    '10:00',
    '10:35',
    ['10:30 catch_up'],
    ['10:00 expired', '10:10 expired', '10:20 coalesced'],
    '10:40'
  ],
  [
    'all: out of the window',
    { policy: 'all', windowMs: 15 * MINUTE },
    tenMinutes,
    '10:00',
    '10:35',
    ['10:20 catch_up', '10:30 catch_up'],
    ['10:00 expired', '10:10 expired'],
    '10:40'
  ],
  [
    'all: over the limit the newest run',
    { policy: 'all', windowMs: HOUR, limit: 2 },
    tenMinutes,
    '10:00',
    '10:35',
    ['10:20 catch_up', '10:30 catch_up'],
    ['10:00 coalesced', '10:10 coalesced'],
    '10:40'
  ],
  [
    'latest: the edge of the window is in it',
    { policy: 'latest', windowMs: 5 * MINUTE },
    tenMinutes,
    '10:00',
    '10:05',
    ['10:00 catch_up'],
    [],
    '10:10'
  ],
  [
    'latest: just out of the window',
    { policy: 'latest', windowMs: 5 * MINUTE },
    tenMinutes,
    '10:00',
    '10:05:00.001',
    [],
    ['10:00 expired'],
    '10:10'
  ],
  [
    'all: just out of the window',
    { policy: 'all', windowMs: 5 * MINUTE },
    tenMinutes,
    '10:00',
    '10:05:00.001',
    [],
    ['10:00 expired'],
    '10:10'
  ],
  // The window when none is given: one period, between a minute and a day.
  [
    'latest: one period',
    { policy: 'latest' },
    tenMinutes,
    '10:00',
    '10:09:59.999',
    ['10:00 catch_up'],
    [],
    '10:10'
  ],
  [
    'latest: more than one period',
    { policy: 'latest' },
    tenMinutes,
    '10:00',
    '10:10:00.001',
    ['10:10 schedule'],
    ['10:00 expired'],
    '10:20'
  ],
  [
    'latest: a day late, daily',
    { policy: 'latest' },
    daily,
    '09:00',
    '+1 08:59',
    ['09:00 catch_up'],
    [],
    '+1 09:00'
  ],
  [
    'latest: a day late, every 30 days',
    { policy: 'latest' },
    monthly,
    '09:00',
    '+1 09:00',
    ['09:00 catch_up'],
    [],
    '+30 09:00'
  ],
  [
    'latest: more than a day late, every 30 days',
    { policy: 'latest' },
    monthly,
    '09:00',
    '+1 09:00:00.001',
    [],
    ['09:00 expired'],
    '+30 09:00'
  ],
  [
    'latest: a one-shot within a day',
    { policy: 'latest' },
    once,
    '10:00',
    '+1 10:00',
    ['10:00 catch_up'],
    [],
    null
  ],
  [
    'latest: a one-shot after that',
    { policy: 'latest' },
    once,
    '10:00',
    '+1 10:00:00.001',
    [],
    ['10:00 expired'],
    null
  ],
  ['skip: a one-shot', { policy: 'skip' }, once, '10:00', '12:00', [], ['10:00 downtime'], null]
]

test('what each policy makes of what was missed', (t) => {
  for (const [what, rule, schedule, due, now, run, missed, next] of CASES) {
    const owed = decideOwed({
      isExcluded: nothingExcluded,
      schedule,
      dueAt: instant(due),
      now: instant(now),
      rule: { policy: 'latest', windowMs: null, limit: 100, ...rule }
    })
    t.strictSame(told(owed), { run, missed, next }, what)
  }
  t.end()
})

test('long downtime: the newest hundred have a record each, what is older shares one', (t) => {
  const rule = { policy: 'latest', windowMs: 30 * DAY, limit: 100 } as const
  const dueAt = instant('10:00')
  const owed = decideOwed({
    isExcluded: nothingExcluded,
    schedule: tenMinutes,
    dueAt,
    now: dueAt + 200 * 10 * MINUTE,
    rule
  })
  t.equal(owed.run.length, 1)
  t.equal(owed.notRun.length, 101)
  t.strictSame(owed.notRun[0], {
    from: dueAt,
    to: dueAt + 99 * 10 * MINUTE,
    count: 100,
    state: 'missed',
    reason: 'coalesced'
  })
  t.ok(owed.notRun.slice(1).every(({ from, to, count }) => from === to && count === 1))
  t.end()
})

test('a job of every second that was down for ten years is decided at once', (t) => {
  const seconds = createInterval(MIDNIGHT, 1_000)
  const years = 10 * 365 * DAY
  for (const policy of MISFIRE_POLICIES) {
    const rule = { policy, windowMs: null, limit: 100 }
    const owed = decideOwed({
      isExcluded: nothingExcluded,
      schedule: seconds,
      dueAt: MIDNIGHT,
      now: MIDNIGHT + years,
      rule
    })
    const missed = owed.notRun.reduce((sum, { count }) => sum + count, 0)
    t.equal(missed + owed.run.length, years / 1_000 + 1, policy)
    t.ok(owed.notRun.length <= 2 * (MAX_SINGLE_MISSED + 1), policy)
  }
  t.end()
})

function randomJob(random: Random): DueJob {
  const anchor = MIDNIGHT + random.integer(0, HOUR)
  const grid = createInterval(anchor, random.integer(1, 900) * 1_000)
  const schedule = random.pick([
    grid,
    createOneShot(anchor),
    startingAt(grid, anchor + random.integer(0, HOUR)),
    compileCron('*/7 * * * *', { timezone: 'UTC' }),
    compileCron('0 9 * * 1-5', { timezone: 'Europe/Paris' })
  ])
  const dueAt = schedule.next(anchor - 1 + random.integer(0, 1) * HOUR) ?? anchor
  const late = random.pick([0, 1, MINUTE, MINUTE + 1, HOUR, 10 * HOUR, 2 * DAY])
  return {
    schedule,
    dueAt,
    now: dueAt + random.integer(0, late),
    rule: {
      policy: random.pick(MISFIRE_POLICIES),
      windowMs: random.pick([null, 1_000, 5 * MINUTE, HOUR, DAY]),
      limit: random.pick([1, 2, 7, 100, 1_000])
    },
    isExcluded: random.pick([
      nothingExcluded,
      (at: number) => Math.floor(at / MINUTE) % 3 === 0,
      (at: number) => at % DAY < 20 * HOUR
    ])
  }
}

function occurrencesOf({ schedule, dueAt, now }: DueJob): number[] {
  const found: number[] = []
  for (let at: number | null = dueAt; at !== null && at <= now; at = schedule.next(at)) {
    found.push(at)
  }
  return found
}

/** Every occurrence that is owed, where each place says which ones it stands for. */
function coveredBy(owed: Owed, occurrences: readonly number[]): number[] {
  const missed = owed.notRun.flatMap(({ from, to, count }) => {
    const inside = occurrences.filter((at) => at >= from && at <= to)
    return inside.length === count && inside[0] === from && inside.at(-1) === to ? inside : [NaN]
  })
  const all = [...missed, ...owed.run.map(({ scheduledFor }) => scheduledFor)]
  return all.toSorted((one, other) => one - other)
}

test('every occurrence is in exactly one place, in order, for random jobs', (t) => {
  const random = new Random(2)
  for (let round = 0; round < 1_500; round++) {
    const job = randomJob(random)
    const owed = decideOwed(job)
    const occurrences = occurrencesOf(job)
    const label = `round ${round}: ${JSON.stringify({ ...job.rule, count: occurrences.length })}`
    const covered = coveredBy(owed, occurrences)
    if (String(covered) !== String(occurrences)) t.strictSame(covered, occurrences, label)
    if (owed.next !== job.schedule.next(job.now)) t.fail(`${label}: next is not the one after now`)
    const most = job.rule.policy === 'all' ? job.rule.limit : 1
    if (owed.run.length > most) t.fail(`${label}: ${owed.run.length} runs`)
    const newest = owed.run.at(-1)?.scheduledFor
    const wanted = occurrences.filter((at) => !job.isExcluded(at))
    if (newest !== undefined && newest !== wanted.at(-1)) t.fail(`${label}: not the newest`)
    if (owed.run.some(({ scheduledFor }) => job.isExcluded(scheduledFor)))
      t.fail(`${label}: excluded`)
  }
  t.end()
})
