import { test } from 'tap'
import { createTestApp } from '../helpers/app.ts'

const KEY = 'Zm9yIHRlc3RzIG9ubHksIG5vdCBzZWNyZXQ+Lw=='
const YEARLY = { name: 'audited', schedule: '@yearly' }
const BY_KEY = { actor: 'configuration', address: '127.0.0.1' }

interface SentChange {
  id: number
  job_id: number
  action: string
}

test('every route that writes is noted with who sent the request and from where', async (t) => {
  const { request, lines } = await createTestApp(t, { config: { apiKey: KEY }, isService: true })
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  const send = async (call: string, body?: object, more = {}) => {
    const answer = await request(call, body, { headers: { ...headers, ...more } })
    t.ok(answer.status < 300, `${call} ${answer.text}`)
    return answer
  }
  const waits = { ...YEARLY, target: { type: 'handler', name: 'nowhere' } }
  await send('POST /jobs', waits)
  await send('PATCH /jobs/1', { timeout: '1h' })
  await send('PUT /jobs/1', waits)
  await send('PUT /jobs/by-key/k', waits)
  await send('POST /jobs/1/pause', {})
  await send('POST /jobs/1/resume', {})
  await send('POST /jobs/1/skip', { count: 1 })
  await send('POST /jobs/1/run', { params: { secret: 'hidden' } })
  await send('POST /runs/1/cancel')
  await send('POST /runs/1/retry')
  await send('POST /runs/bulk', { filter: { job_id: 1 }, action: 'cancel' })
  await send('POST /jobs/bulk', { filter: { ids: [2] }, action: 'pause' })
  await send('POST /jobs/apply', { jobs: [{ ...YEARLY, key: 'new' }] })
  for (let times = 0; times < 2; times++) {
    await send('POST /jobs/1/skip', { count: 2 }, { 'idempotency-key': 'once' })
  }
  await send('DELETE /jobs/1?dry_run=true')
  await send('DELETE /jobs/1')
  const { body } = await send('GET /changes')
  const changes = body as SentChange[]
  t.strictSame(
    changes.map(({ action }) => action).toReversed(),
    [
      'created',
      'updated',
      'updated',
      'created',
      'paused',
      'resumed',
      'skipped',
      'run',
      'run_cancelled',
      'run_retried',
      'run_cancelled',
      'paused',
      'created',
      'skipped',
      'deleted'
    ],
    'a request that came twice is noted once'
  )
  for (const change of changes) t.match(change, BY_KEY, change.action)

  const logged = lines.filter(({ msg }) => msg === 'A job was changed.')
  t.strictSame(
    logged.map((line) => line['change_id']),
    changes.map(({ id }) => id).toReversed()
  )
  t.match(logged[0], { level: 30, job_id: 1, action: 'created', version: 1, ...BY_KEY })
  t.notMatch(JSON.stringify(logged), /hidden|authorization|Zm9y/)
})

test('GET /changes has those of all jobs, pages by Link, and filters', async (t) => {
  const { request, createJob, app } = await createTestApp(t)
  for (const name of ['a', 'b', 'c']) await createJob({ name })
  await app.scheduler.as({ actor: 'ann', address: null }).skip(2, 1)
  const list = async (query: string): Promise<{ ids: number[]; next: string | undefined }> => {
    const { status, body, headers } = await request(`GET /changes${query}`)
    t.equal(status, 200)
    const next = /^<(\?[^>]+)>; rel="next"$/.exec(String(headers['link']))?.[1]
    return { ids: (body as SentChange[]).map(({ id }) => id), next }
  }
  const first = await list('?limit=3')
  t.strictSame(first.ids, [4, 3, 2])
  t.strictSame(await list(first.next ?? ''), { ids: [1], next: undefined })
  t.strictSame(await list('?actor=ann'), { ids: [4], next: undefined })
  t.strictSame((await list('?action=created&job_id=2')).ids, [2])
  t.strictSame((await list('?actor=nobody')).ids, [])
  t.equal((await request('GET /changes?action=eaten')).status, 400)
  t.equal((await request('GET /changes?cursor=x')).status, 400)
  t.match(await request('GET /jobs/2/changes?action=skipped'), {
    status: 200,
    body: [{ actor: 'ann', action: 'skipped' }]
  })
})
