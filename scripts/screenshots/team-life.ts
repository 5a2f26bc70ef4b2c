import type { OpenScheduler } from '../../core.ts'
import type { Handler } from '../../src/engine/targets/handler.ts'
import type { ManualClock } from '../../testing.ts'
import type { Answer, Question } from './answering.ts'
import { FREQUENT_JOBS, RARE_JOBS, type TeamJob } from './team-jobs.ts'

/** When the pictures are taken: a Tuesday morning, Europe/Paris being an hour ahead. */
export const NOW = Date.parse('2026-03-03T10:21:30Z')

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const RARE_SINCE = NOW - 16 * DAY_MS
const FREQUENT_SINCE = NOW - 30 * HOUR_MS
export const START = RARE_SINCE

const PAUSED = { name: 'Weekly newsletter', reason: 'Legal is reading the text' }

/** How the runs of the team's jobs go: by chance, which is the same at every time. */
export interface Behaviour {
  answer(question: Question): Answer
  handlers: Record<string, Handler>
}

export function createBehaviour(clock: ManualClock): Behaviour {
  const chance = createChance()
  const jobs = [...RARE_JOBS, ...FREQUENT_JOBS]
  const byUrl = new Map(jobs.map((job) => [job.target?.type === 'http' ? job.target.url : '', job]))
  const around = (ms: number): number => Math.round(ms * (0.8 + 0.5 * chance()))
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.setTimer(resolve, ms)
    })
  const sends =
    (what: string, most: number, ms: number): Handler =>
    async ({ log }) => {
      const count = 1 + Math.floor(chance() * most)
      log.info({ count }, `${count} ${what} to send`)
      await wait(around(ms))
      log.info({ sent: count }, 'All of them are on their way')
      return { sent: count }
    }
  return {
    answer: ({ url }) => answerOf(byUrl.get(url), { chance, around, now: clock.now() }),
    handlers: {
      'send-mail': sends('mails', 90, 2_100),
      'send-reminders': sends('reminders', 240, 41_000),
      'send-digest': sends('digests', 9_000, 95_000)
    }
  }
}

interface Circumstances {
  chance: () => number
  around: (ms: number) => number
  now: number
}

function answerOf(job: TeamJob | undefined, { chance, around, now }: Circumstances): Answer {
  const { takesMs = 1_000, stumblesOneIn = Infinity, broken } = job ?? {}
  if (broken !== undefined && now > NOW - broken.forHours * HOUR_MS) {
    return { status: broken.status, body: broken.body, takesMs: around(180) }
  }
  if (chance() < 1 / stumblesOneIn) {
    return { status: 503, body: '{"error":"Try again later."}', takesMs: around(2_000) }
  }
  return { status: 200, body: '{"ok":true}', takesMs: around(takesMs) }
}

/** Lets the team's jobs live from {@link START} to just before {@link NOW}. */
export async function live(scheduler: OpenScheduler, clock: ManualClock): Promise<void> {
  const create = async (jobs: readonly TeamJob[]): Promise<void> => {
    for (const { takesMs: _takes, stumblesOneIn: _often, broken: _broken, ...job } of jobs) {
      const { id } = await scheduler.createJob({ timeout: '10m', ...job })
      if (job.name === PAUSED.name) await scheduler.pause(id, { reason: PAUSED.reason })
    }
  }
  await create(RARE_JOBS)
  await clock.advance(FREQUENT_SINCE - clock.now())
  await create(FREQUENT_JOBS)
  await scheduler.createJob({
    name: 'End of the winter sale',
    start_date: '2026-03-02T23:00:00Z',
    tags: ['shop'],
    target: { type: 'http', url: 'https://shop.acme.example/sales/winter/end' }
  })
  await clock.advance(NOW - clock.now() - 120_000)
}

/** Numbers from 0 to 1 that are the same each time (Park and Miller's generator). */
function createChance(): () => number {
  let seed = 20_260_303
  return () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
}
