import { test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import type { Attempt, Run } from '../../src/domain/run.ts'
import { findFaults } from '../helpers/checker/check.ts'
import type { Evidence } from '../helpers/checker/evidence.ts'
import type { SinkRequest } from '../helpers/sink.ts'

const NOON = Date.parse('2030-01-01T12:00:00.000Z')
const at = (seconds: number): string => new Date(NOON + seconds * 1_000).toISOString()

/** Of the job, everything that the checker looks at: it owes the seconds 1, 2 and 3. */
const job = {
  id: 7,
  created_at: at(0),
  start_date: null,
  repeat_interval: '1s',
  end_date: at(3),
  schedule: null,
  overlap: 'skip'
} as Job

function attempt(number: number, fields: Partial<Attempt> = {}): Attempt {
  const outcome = 'succeeded' as const
  const base = { attempt: number, replica: 'here:1', error: null, response: null, outcome }
  return { ...base, started_at: at(number), finished_at: at(number + 0.5), ...fields }
}

/** A run of the given second that succeeded at once. */
function run(second: number, fields: Partial<Run> = {}): Run {
  const token = fields.fencing_token ?? 1
  const own = attempt(token, { started_at: at(second), finished_at: at(second + 0.5) })
  const base = { id: second, job_id: 7, scheduled_for: at(second), cause: 'schedule', from: null }
  const end = { to: null, count: 1, state: 'succeeded', attempt: token, lateness_ms: 0 }
  return { ...base, ...end, fencing_token: token, attempts: [own], ...fields } as Run
}

function request(runId: number, fields: { token?: number; second?: number } = {}): SinkRequest {
  const { token = 1, second = runId } = fields
  return {
    headers: {
      'carillon-run-id': String(runId),
      'carillon-fencing-token': String(token),
      'carillon-scheduled-for': at(runId)
    },
    arrivedAt: NOON + second * 1_000
  } as Partial<SinkRequest> as SinkRequest
}

const RUNS = [run(1), run(2), run(3)]
const REQUESTS = [request(1), request(2), request(3)]
const missed = { state: 'missed', attempt: 0, fencing_token: 0, attempts: [] } as Partial<Run>
const crashed = attempt(1, { started_at: at(2), finished_at: at(2.2), outcome: 'crashed' })
const second = attempt(2, { started_at: at(2.3), finished_at: at(2.8) })
const rescued = run(2, { fencing_token: 2, attempts: [crashed, second] })

interface Case {
  what: string
  evidence: Partial<Evidence>
  says?: RegExp[]
}

const CASES: Case[] = [
  { what: 'all in order', evidence: {} },
  {
    what: 'a range of missed ones',
    evidence: {
      runs: [run(1, { ...missed, count: 2, from: at(1), to: at(2) }), run(3)],
      requests: [request(3)]
    }
  },
  {
    what: 'a rescued run',
    evidence: {
      runs: [run(1), rescued, run(3)],
      requests: [...REQUESTS.slice(0, 2), request(2, { token: 2, second: 2.3 }), request(3)]
    }
  },
  {
    what: 'a run by hand beside them',
    evidence: {
      runs: [...RUNS, run(9, { cause: 'manual' })],
      requests: [...REQUESTS, request(9)]
    }
  },
  {
    what: 'a lost occurrence',
    evidence: { runs: [run(1), run(3)], requests: [request(1), request(3)] },
    says: [/no record of .*:02\.000Z/]
  },
  {
    what: 'two records of one occurrence',
    evidence: { runs: [...RUNS, run(2, { ...missed, id: 8 })] },
    says: [/two records of .*:02\.000Z: 2 and 8/]
  },
  {
    what: 'a record of an instant that nobody asked for',
    evidence: { runs: [...RUNS, run(4)], requests: [...REQUESTS, request(4)] },
    says: [/stands for .*:04\.000Z, which job 7 does not owe/]
  },
  {
    what: 'a range with a wrong end',
    evidence: {
      runs: [run(1, { ...missed, count: 2, from: at(1), to: at(3) }), run(3)],
      requests: [request(3)]
    },
    says: [/counts 2 up to/]
  },
  {
    what: 'a run that never ends',
    evidence: { runs: [run(1), run(2, { state: 'running' }), run(3)] },
    says: [/still running/, /running, but its last attempt ended as succeeded/]
  },
  {
    what: 'a success that nobody saw',
    evidence: { requests: [request(1), request(3)] },
    says: [/succeeded with token 1, but none was sent/]
  },
  {
    what: 'a request without a record',
    evidence: { requests: [...REQUESTS, request(99)] },
    says: [/run 99, which has no record/]
  },
  {
    what: 'a request that is early',
    evidence: { requests: [request(1, { second: 0.9 }), request(2), request(3)] },
    says: [/Run 1 was sent early/]
  },
  {
    what: 'a start that says itself that it was early',
    evidence: { runs: [run(1, { lateness_ms: -1 }), run(2), run(3)] },
    says: [/1 ms early/]
  },
  {
    what: 'two requests under one claim',
    evidence: { requests: [...REQUESTS, request(3, { second: 3.6 })] },
    says: [/sent twice with token 1/]
  },
  {
    what: 'a start that the ledger does not know',
    evidence: { requests: [...REQUESTS, request(3, { token: 2, second: 3.6 })] },
    says: [/token 2, which its attempts do not show/, /none was sent/]
  },
  {
    what: 'an old claim after a new one',
    evidence: {
      runs: [run(1), rescued, run(3)],
      requests: [
        request(1),
        request(2, { token: 2, second: 2.3 }),
        request(2, { second: 2.9 }),
        request(3)
      ]
    },
    says: [/token 1 after token 2/]
  },
  {
    what: 'a second start while the first one holds the run',
    evidence: {
      runs: [run(1), rescued, run(3)],
      requests: [request(1), request(2), request(2, { token: 2, second: 2.1 }), request(3)]
    },
    says: [/run 2 with token 2 came before run 2 with token 1 had ended/]
  },
  {
    what: 'two runs at once of a job that allows one',
    evidence: {
      requests: [request(1), request(2, { second: 2 }), request(3)],
      runs: [run(1, { attempts: [attempt(1, { finished_at: at(2.5) })] }), run(2), run(3)]
    },
    says: [/run 2 with token 1 came before run 1 with token 1 had ended/]
  },
  {
    what: 'a run that starts again after it succeeded',
    evidence: {
      runs: [
        run(1),
        { ...rescued, attempts: [{ ...crashed, outcome: 'succeeded' }, second] },
        run(3)
      ],
      requests: [request(1), request(2), request(2, { token: 2, second: 2.3 }), request(3)]
    },
    says: [/started again after an attempt that succeeded/]
  },
  {
    what: 'a result that counts although its attempt had crashed',
    evidence: { runs: [run(1), run(2, { attempts: [crashed] }), run(3)] },
    says: [/Run 2 is succeeded, but its last attempt ended as crashed/]
  },
  {
    what: 'a replica that is taken for dead without reason',
    evidence: {
      runs: [run(1), rescued, run(3)],
      requests: [request(1), request(2), request(2, { token: 2, second: 2.3 }), request(3)],
      isExcused: () => false
    },
    says: [/counts as crashed, but nothing happened to here:1/]
  }
]

for (const { what, evidence, says = [] } of CASES) {
  test(`the checker sees ${what}`, async (t) => {
    const faults = findFaults({ jobs: [{ job }], runs: RUNS, requests: REQUESTS, ...evidence })
    t.equal(faults.length, says.length, faults.join(' '))
    for (const [index, pattern] of says.entries()) t.match(faults[index], pattern)
  })
}
