import { test } from 'tap'
import type { Era } from '../../src/domain/definition-history.ts'
import { explain, type JobHistory } from '../../src/domain/explain.ts'
import { EXPLAINED_OUTCOMES } from '../../src/domain/explanation.ts'
import { withDefaults } from '../../src/domain/job-definition.ts'
import { scheduleOf } from '../../src/domain/job-schedule.ts'
import type { JobInput } from '../../src/domain/job.ts'
import type { Run } from '../../src/domain/run.ts'
import { sayInstant } from '../../src/domain/say-instant.ts'

const at = (text: string): number => Date.parse(text)
const CREATED = at('2026-01-01T00:00:00Z')
const NOW = at('2026-01-10T12:00:00Z')
const DAILY = { name: 'daily', schedule: '0 9 * * *', timezone: 'Europe/Berlin' }

function era(input: JobInput, rest: Partial<Era> = {}): Era {
  const definition = withDefaults(input)
  const schedule = scheduleOf(definition, { createdAt: CREATED, seed: '7' })
  if (schedule === null) throw new Error('The job of this test has no schedule.')
  return { version: 1, definition, schedule, after: CREATED, until: null, ...rest }
}

function history(rest: Partial<JobHistory> = {}): JobHistory {
  return {
    jobId: 7,
    now: NOW,
    createdAt: CREATED,
    deletedAt: null,
    state: 'enabled',
    eras: [era(DAILY)],
    nextRunAt: at('2026-01-11T08:00:00Z'),
    skipNext: 0,
    remainingRuns: null,
    pause: null,
    allPaused: null,
    runs: [],
    lastRecord: null,
    nextRecordAt: null,
    retention: { ageMs: 7 * 86_400_000, perJob: 1_000 },
    ...rest
  }
}

function record(rest: Partial<Run>): Run {
  return {
    id: 12,
    job_id: 7,
    job_version: 1,
    scheduled_for: '2026-01-09T08:00:00.000Z',
    cause: 'schedule',
    state: 'succeeded',
    reason: null,
    from: null,
    to: null,
    count: 1,
    attempt: 1,
    fencing_token: 1,
    queued_at: '2026-01-09T08:00:00.000Z',
    available_at: null,
    started_at: '2026-01-09T08:00:05.000Z',
    finished_at: '2026-01-09T08:00:07.000Z',
    lateness_ms: 5_000,
    duration_ms: 2_000,
    replica: 'a',
    result: null,
    error: null,
    attempts: [],
    ...rest
  }
}

const NINTH = '2026-01-09T08:00:00Z'
const pause = {
  since: at('2026-01-08T00:00:00Z'),
  reason: 'Holidays.',
  until: null,
  resumedAt: at('2026-01-09T12:00:00Z')
}
const edited = [
  era(DAILY, { until: at('2026-01-05T00:00:00Z') }),
  era({ ...DAILY, schedule: '0 10 * * *' }, { version: 2, after: at('2026-01-05T00:00:00Z') })
]

/** What is asked, what is known, what is to come out, and what the sentence is to say. */
const TABLE: [ask: string, known: Partial<JobHistory>, outcome: string, says: RegExp][] = [
  [NINTH, { runs: [record({})] }, 'succeeded', /run 12, 5s late, and succeeded after 2s/],
  [
    NINTH,
    { runs: [record({ state: 'failed', attempt: 3, error: { code: 'x', message: 'No route' } })] },
    'failed',
    /failed after 3 attempts: No route\.$/
  ],
  [
    NINTH,
    { runs: [record({ cause: 'catch_up', lateness_ms: 90_061_001, duration_ms: 61_499 })] },
    'succeeded',
    /run 12, 25h1m late, and succeeded after 1m1s\. It was made up for/
  ],
  [NINTH, { runs: [record({ state: 'cancelled', reason: 'replaced' })] }, 'cancelled', /newer run/],
  [NINTH, { runs: [record({ state: 'running' })] }, 'running', /running now, as run 12, since Fri/],
  [
    NINTH,
    { runs: [record({ state: 'pending', reason: 'retry', available_at: NINTH })] },
    'pending',
    /failed and is tried again at Fri 9 Jan 2026 09:00 Europe\/Berlin/
  ],
  [NINTH, { nextRunAt: at(NINTH) }, 'pending', /due and not recorded yet/],
  [NINTH, { runs: [record({ state: 'skipped', reason: 'overlap' })] }, 'skipped', /overlap policy/],
  [NINTH, { runs: [record({ state: 'skipped', reason: 'excluded' })] }, 'skipped', /excludes/],
  [NINTH, { runs: [record({ state: 'skipped', reason: 'queue_full' })] }, 'skipped', /too many/],
  [
    NINTH,
    { runs: [record({ state: 'skipped', reason: 'skip_next' })] },
    'skipped',
    /asked to skip/
  ],
  [NINTH, { runs: [record({ state: 'missed', reason: 'downtime' })] }, 'missed', /no scheduler/],
  [NINTH, { runs: [record({ state: 'missed', reason: 'coalesced' })] }, 'missed', /later occ/],
  [NINTH, { runs: [record({ state: 'missed', reason: 'expired' })] }, 'missed', /too late/],
  [
    NINTH,
    {
      lastRecord: record({
        state: 'missed',
        reason: 'expired',
        scheduled_for: '2026-01-07T08:00:00.000Z',
        from: '2026-01-07T08:00:00.000Z',
        to: '2026-01-10T08:00:00.000Z',
        count: 4
      })
    },
    'missed',
    /all 4 occurrences from Wed 7 Jan .* to Sat 10 Jan/
  ],
  [
    NINTH,
    {
      runs: [
        record({ state: 'missed', reason: 'downtime' }),
        record({ id: 13, cause: 'backfill', lateness_ms: 90_061_001 })
      ]
    },
    'succeeded',
    /was missed: .* A backfill of .* ran as run 13 and succeeded/
  ],
  [NINTH, { pause }, 'paused', /paused from Thu 8 Jan .* to Fri 9 Jan .* Reason: Holidays\.$/],
  [
    '2026-01-12T08:00:00Z',
    { pause: { ...pause, resumedAt: null }, state: 'paused', nextRunAt: null },
    'paused',
    /will not run: the job is paused since .*, until someone resumes it/
  ],
  [
    '2026-01-12T08:00:00Z',
    {
      pause: { ...pause, resumedAt: null, until: at('2026-01-12T08:00:00Z') },
      state: 'paused',
      nextRunAt: at('2026-01-12T08:00:00Z')
    },
    'planned',
    /is planned\.$/
  ],
  ['2025-12-31T08:00:00Z', {}, 'before_creation', /created only at Thu 1 Jan 2026 01:00/],
  ['2026-01-01T00:00:00Z', {}, 'before_creation', /created only/],
  [
    '2026-01-02T08:00:00Z',
    { eras: [era({ ...DAILY, start_date: '2026-01-05T00:00:00Z' })] },
    'before_start',
    /starts only at Mon 5 Jan/
  ],
  [
    '2026-01-12T08:00:00Z',
    { eras: [era({ ...DAILY, end_date: '2026-01-11T23:00:00Z' })] },
    'after_end',
    /ended at its end_date, Mon 12 Jan 2026 00:00/
  ],
  [
    '2026-01-06T00:00:00Z',
    { eras: [era({ name: 'once', start_date: '2026-01-05T00:00:00Z' })], state: 'finished' },
    'finished',
    /last occurrence of the job was before it, Mon 5 Jan/
  ],
  [
    NINTH,
    {
      eras: [era({ ...DAILY, max_runs: 3 })],
      state: 'finished',
      nextRunAt: null,
      lastRecord: record({ scheduled_for: '2026-01-08T08:00:00.000Z' })
    },
    'finished',
    /all the runs that max_runs allows/
  ],
  [
    NINTH,
    { state: null, deletedAt: at('2026-01-08T00:00:00Z') },
    'deleted',
    /deleted at Thu 8 Jan/
  ],
  [
    '2026-01-04T09:00:00Z',
    { eras: edited },
    'edited',
    /version 1 of the job, in force then, does not name it; version 2 does, but is in force only since Mon 5 Jan/
  ],
  [NINTH, { eras: edited }, 'edited', /version 1 of the job names it, but was replaced at Mon 5/],
  [
    '2026-01-09T09:30:00Z',
    {},
    'not_an_occurrence',
    /the one before is Fri 9 Jan .*, and the one after is Sat 10 Jan/
  ],
  [
    '2026-01-09T09:30:00Z',
    { runs: [record({ cause: 'manual' })] },
    'not_an_occurrence',
    /started by hand at this instant ran as run 12/
  ],
  ['2026-01-12T08:00:00Z', {}, 'planned', /is planned\.$/],
  [
    '2026-01-12T08:00:00Z',
    { eras: [era({ ...DAILY, jitter: '1h' })] },
    'planned',
    /jitter lets it start \S+ later/
  ],
  [
    '2026-01-12T08:00:00Z',
    { eras: [era({ ...DAILY, exclude: ['12 1 *'] })] },
    'planned',
    /excludes this time: it will be recorded as skipped/
  ],
  ['2026-01-12T08:00:00Z', { skipNext: 2 }, 'planned', /asked to skip it/],
  ['2026-01-13T08:00:00Z', { skipNext: 2 }, 'planned', /is planned\.$/],
  ['2026-01-12T08:00:00Z', { remainingRuns: 1 }, 'planned', /ends after 1 more run, probably/],
  ['2026-01-02T08:00:00Z', {}, 'forgotten', /records are kept for 7d, and the last 1000 of a job/],
  [
    '2026-01-02T08:00:00Z',
    { eras: edited.slice(1) },
    'forgotten',
    /no longer known: it has been changed since/
  ]
]

for (const [ask, known, outcome, says] of TABLE) {
  test(`${outcome}: ${says.source}`, async (t) => {
    const explanation = explain(at(ask), history(known))
    t.equal(explanation.outcome, outcome)
    t.match(explanation.sentence, says)
    t.match(explanation.sentence, /\d Jan 202\d|\d Dec 2025/)
  })
}

test('every outcome is in the table', async (t) => {
  const covered = new Set(TABLE.map(([, , outcome]) => outcome))
  t.strictSame(
    EXPLAINED_OUTCOMES.filter((outcome) => !covered.has(outcome)),
    []
  )
})

test('the neighbours are those of the definitions that were in force', async (t) => {
  const around = explain(at('2026-01-05T00:00:00Z'), history({ eras: edited }))
  t.equal(around.previous, '2026-01-04T08:00:00.000Z')
  t.equal(around.next, '2026-01-05T09:00:00.000Z')
  const first = explain(CREATED, history())
  t.match(first, { previous: null, next: '2026-01-01T08:00:00.000Z' })
  const gone = history({
    eras: [era(DAILY, { until: NOW })],
    deletedAt: NOW,
    state: null
  })
  t.match(explain(NOW, gone), { previous: '2026-01-10T08:00:00.000Z', next: null })
})

test('an instant is said in the zone of the job and in UTC', async (t) => {
  const said = [
    [NINTH, 'UTC', 'Fri 9 Jan 2026 08:00 UTC (2026-01-09T08:00:00Z)'],
    [
      '2026-07-09T08:00:30Z',
      'Europe/Berlin',
      'Thu 9 Jul 2026 10:00:30 Europe/Berlin (2026-07-09T08:00:30Z)'
    ],
    [
      '2026-01-09T08:00:00.25Z',
      'Asia/Kolkata',
      'Fri 9 Jan 2026 13:30:00.250 Asia/Kolkata (2026-01-09T08:00:00.250Z)'
    ]
  ] as const
  for (const [instant, zone, text] of said) t.equal(sayInstant(at(instant), zone), text)
})
