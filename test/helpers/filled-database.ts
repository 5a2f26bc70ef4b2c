import type { Insertable } from 'kysely'
import type { Test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import { RUN_CAUSES, RUN_STATES } from '../../src/domain/run.ts'
import { openDatabase } from '../../src/store/open.ts'
import type { RunTable } from '../../src/store/tables.ts'
import { isOver, startService, type Service } from './service.ts'
import { until } from './until.ts'

/** What databases and their drivers like to change: quotes, escapes, accents, spaces, what looks like numbers. */
export const ODD_TEXTS = [
  `it's "quoted" \`here\` \\ and 100 % \\' \\n`,
  'e\u0301 is not é, Straße is not STRASSE, ı is not i',
  '🦆👩‍👩‍👧‍👦 𝔘 ﷽ \u200b\ufeff',
  ' spaces before and after ',
  '0012',
  '1e3',
  'null',
  '{"a": [1, 2.50]}',
  `'); drop table carillon_jobs; -- $1 ? :name`
]

const JOBS: Record<string, unknown>[] = [
  { schedule: '0 9 * * MON', timezone: 'Europe/Berlin', tags: ['a', 'A', 'ä', 'z '] },
  { schedule: 'H 3 * * *', exclude: ['25 12 *'], jitter: '1m', misfire: 'all', tags: ['a'] },
  { repeat_interval: '1h30m', overlap: 'queue_all', priority: -7, retry: { max_attempts: 5 } },
  { start_date: '2099-01-31T09:00:00+05:30' },
  { schedule: '@yearly', target: { type: 'handler', name: 'mail' }, max_runs: 3 },
  {
    schedule: '@daily',
    end_date: '2098-01-01T00:00:00Z',
    dst: { gap: 'skip', overlap: 'both' },
    target: { type: 'http', url: 'http://127.0.0.1:9/x', headers: { 'X-A': 'b' }, body: { n: 1.5 } }
  },
  {
    schedule: '@yearly',
    params: { deep: [[[{ text: 'x'.repeat(50_000) }]]], zero: -0.0, big: 1e300 }
  },
  ...ODD_TEXTS.map((text) => ({ name: text, schedule: '@yearly', params: text, tags: [text] }))
]

/** A SQLite database in which there is one of everything; nobody uses it any more. */
export async function fillDatabase(t: Test, folder: string): Promise<void> {
  const service = await startService(t, { folder })
  const jobs: Job[] = []
  for (const [index, job] of JOBS.entries()) {
    jobs.push(await service.createJob({ name: `job ${index}`, ...job }))
  }
  const start = new Date(Date.now() + 1_000).toISOString()
  const finished = await service.createJob({ name: 'finished', start_date: start })
  const [first, second, third] = jobs.map(({ id }) => id)
  await service.request(`PATCH /jobs/${first}`, { schedule: '0 10 * * MON', priority: 100 })
  await service.request(`PATCH /jobs/${first}`, { name: 'renamed' })
  await service.request(`POST /jobs/${second}/pause`, { reason: `it's "late"` })
  await service.request(`POST /jobs/${third}/run`)
  // Gone with the highest id there is, but with a run that can still be read.
  const deleted = await service.createJob({ name: 'deleted', schedule: '@yearly' })
  await service.request(`POST /jobs/${deleted.id}/run`)
  for (const { id } of [finished, deleted]) {
    await until('its run', async () => (await service.listRuns(id)).some(isOver))
  }
  await service.request(`DELETE /jobs/${deleted.id}`)
  service.kill('SIGTERM')
  await service.exited
}

/** Runs in every state, of every job that there is, some of them of a process that died. */
export async function insertRuns(url: string, count: number): Promise<void> {
  const database = await openDatabase(url)
  const ids = await database.query.selectFrom('carillon_jobs').select('id').execute()
  const jobs = ids.map(({ id }) => id)
  const { id: owner } = await database.query
    .insertInto('carillon_replicas')
    .values({ name: 'dead', host: 'elsewhere', pid: 1, version: '0', started_at: 1, expires_at: 2 })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (let from = 0; from < count; from += 500) {
    const rows = Array.from({ length: Math.min(500, count - from) }, (_, index) =>
      runRow({ index: from + index, jobs, owner })
    )
    await database.query.insertInto('carillon_runs').values(rows).execute()
  }
  const runs = await database.query.selectFrom('carillon_runs').select('id').limit(200).execute()
  const logs = runs.map(({ id }) => ({ run_id: id, attempt: 1, last_line: 9, lines: '[]' }))
  if (logs.length > 0) await database.query.insertInto('carillon_run_logs').values(logs).execute()
  await database.close()
}

function runRow({
  index,
  jobs,
  owner
}: {
  index: number
  jobs: readonly number[]
  owner: number
}): Insertable<RunTable> {
  const state = RUN_STATES[index % RUN_STATES.length] ?? 'failed'
  const text = ODD_TEXTS[index % ODD_TEXTS.length] ?? ''
  const at = 1_700_000_000_000 + index * 1_001
  const hasEnded = state !== 'pending' && state !== 'running'
  const attempt = { attempt: 1, started_at: '2026-01-01T00:00:00Z', outcome: 'crashed' }
  return {
    job_id: jobs[index % jobs.length] ?? 0,
    job_version: 1,
    scheduled_for: at,
    seq: index % 3 === 0 ? 0 : index + 2,
    cause: RUN_CAUSES[index % RUN_CAUSES.length] ?? 'manual',
    state,
    reason: index % 5 === 0 ? text : null,
    attempt: state === 'pending' ? 0 : 1 + (index % 2),
    owner: state === 'running' ? owner : null,
    replica: state === 'pending' ? null : owner,
    // Not in the lifetime of a test.
    available_at: state === 'pending' ? 4_000_000_000_000 + index : null,
    active_key: null,
    queue_key: null,
    cancel_requested_at: null,
    priority: (index % 201) - 100,
    handler: index % 11 === 0 ? 'mail' : null,
    params: index % 4 === 0 ? JSON.stringify({ text, index }) : null,
    range_to: state === 'missed' ? at + 1_000 : null,
    occurrences: state === 'missed' ? 2 : 1,
    delay_ms: index % 60_000,
    queued_at: at,
    started_at: state === 'pending' ? null : at + 1,
    finished_at: hasEnded ? at + 2 : null,
    result: state === 'succeeded' ? JSON.stringify(text.repeat(1 + (index % 50))) : null,
    error: state === 'failed' ? JSON.stringify({ code: 'http', message: text }) : null,
    attempts:
      index % 2 === 0
        ? null
        : JSON.stringify([{ ...attempt, finished_at: null, replica: text, error: null }])
  }
}

/** Everything that can be read through the API. */
export async function readEverything(service: Service): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {}
  const read = async (path: string): Promise<unknown[]> => {
    const items = await readList(service, path)
    all[path] = items
    return items
  }
  const jobs = await read('/jobs')
  await read('/runs')
  for (const { id } of jobs as { id: number }[]) await read(`/jobs/${id}/changes`)
  return all
}

async function readList({ url }: Service, path: string): Promise<unknown[]> {
  const items: unknown[] = []
  let next: string | undefined = '?limit=1000'
  while (next !== undefined) {
    const response = await fetch(url + path + next)
    if (!response.ok) throw new Error(`GET ${path}${next}: ${await response.text()}`)
    items.push(...((await response.json()) as unknown[]))
    next = /<(.*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
  }
  return items
}
