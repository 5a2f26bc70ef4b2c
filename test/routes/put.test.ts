import { test } from 'tap'
import { createTestApi } from '../helpers/api.ts'

const hourly = { name: 'a', schedule: '0 * * * *' }

test('PUT replaces the whole definition: what is left out has its default again', async (t) => {
  const { send } = await createTestApi(t)
  await send('POST', '/jobs', { ...hourly, tags: ['x'], overlap: 'allow', params: 1 })
  const { status, body } = await send('PUT', '/jobs/1', { name: 'b', repeat_interval: '1h' })
  t.equal(status, 200)
  t.match(body, { id: 1, version: 2, name: 'b', schedule: null, tags: [], overlap: 'skip' })
  t.equal(body.params, null)
  const again = await send('PUT', '/jobs/1', { name: 'b', repeat_interval: '1h' })
  t.equal(again.body.version, 2, 'the same again changes nothing')
  t.equal((await send('PUT', '/jobs/2', hourly)).status, 404)
  t.match((await send('PUT', '/jobs/1', { name: 'b' })).body, { code: 'validation_failed' })
  t.match((await send('PUT', '/jobs/1', { ...hourly, id: 1 })).body, {
    errors: [{ pointer: '/id' }]
  })
  t.match((await send('GET', '/jobs/1')).body, { version: 2, name: 'b' })
})

test('a new schedule by PUT never fires backwards', async (t) => {
  const { send, clock } = await createTestApi(t)
  await send('POST', '/jobs', hourly)
  await clock.advance(90_000)
  const { body } = await send('PUT', '/jobs/1', { name: 'a', schedule: '* * * * *' })
  t.equal(body.next_run_at, '2026-01-01T00:02:00.000Z')
})

test('PUT by key creates once, and replaces ever after', async (t) => {
  const { send } = await createTestApi(t)
  const created = await send('PUT', '/jobs/by-key/reports%2Fdaily', hourly)
  t.equal(created.status, 201)
  t.equal(created.headers['location'], '/jobs/1')
  t.match(created.body, { id: 1, version: 1, key: 'reports/daily' })
  const same = await send('PUT', '/jobs/by-key/reports%2Fdaily', hourly)
  t.equal(same.status, 200)
  t.match(same.body, { id: 1, version: 1 })
  const changed = await send('PUT', '/jobs/by-key/reports%2Fdaily', { ...hourly, name: 'b' })
  t.match(changed.body, { id: 1, version: 2, name: 'b', key: 'reports/daily' })
  t.equal((await send('GET', '/jobs')).body.length, 1)
  const other = await send('PUT', '/jobs/by-key/x', { ...hourly, key: 'y' })
  t.match(other.body, { status: 400, errors: [{ pointer: '/key' }] })
  t.match(other.body.detail, /"y", but the path says "x"/)
})

test('no two jobs have the same key', async (t) => {
  const { send } = await createTestApi(t)
  await send('POST', '/jobs', { ...hourly, key: 'one' })
  await send('POST', '/jobs', { ...hourly, key: 'two' })
  for (const [method, url, input] of [
    ['POST', '/jobs', { ...hourly, key: 'one' }],
    ['PATCH', '/jobs/2', { key: 'one' }],
    ['PUT', '/jobs/2', { ...hourly, key: 'one' }]
  ] as const) {
    const { status, body } = await send(method, url, input)
    t.equal(status, 409, `${method} ${url}`)
    t.match(body, { code: 'key_exists', job_id: 1, errors: [{ pointer: '/key' }] })
    t.match(body.detail, /choose another one, or change that job by PUT \/jobs\/by-key\/one\./)
  }
  t.match((await send('PATCH', '/jobs/1', { key: null })).body, { key: null, version: 2 })
  t.equal((await send('PATCH', '/jobs/2', { key: 'one' })).status, 200, 'a key that was given up')
  await send('DELETE', '/jobs/2')
  t.equal((await send('POST', '/jobs', { ...hourly, key: 'one' })).status, 201)
  t.equal((await send('POST', '/jobs', { ...hourly, key: 'One ' })).status, 201, 'another one')
})

test('a dry run of PUT says what would be, and changes nothing', async (t) => {
  const { send } = await createTestApi(t)
  const created = await send('PUT', '/jobs/by-key/k?dry_run=true', hourly)
  t.match(created.body, { dry_run: true, next_before: [], job: { key: 'k' } })
  t.strictSame((await send('GET', '/jobs')).body, [])
  await send('PUT', '/jobs/by-key/k', hourly)
  for (const url of ['/jobs/by-key/k?dry_run=true', '/jobs/1?dry_run=true']) {
    const { body } = await send('PUT', url, { name: 'a', repeat_interval: '1m' })
    t.equal(body.next_before[0], '2026-01-01T01:00:00.000Z')
    t.equal(body.next_after[0], '2026-01-01T00:01:00.000Z')
  }
  t.match((await send('GET', '/jobs/1')).body, { version: 1 })
})

test('a change that names the version it was made from is refused when the job has moved on', async (t) => {
  const { send } = await createTestApi(t)
  const { headers } = await send('POST', '/jobs', hourly)
  const first = headers['etag'] ?? ''
  t.match(first, /^"1-[\w-]{16}"$/)
  const patched = await send('PATCH', '/jobs/1', { name: 'b' }, { 'if-match': first })
  t.equal(patched.status, 200)
  for (const [method, url, body] of [
    ['PATCH', '/jobs/1', { name: 'c' }],
    ['PUT', '/jobs/1', hourly],
    ['DELETE', '/jobs/1', undefined],
    ['PATCH', '/jobs/1?dry_run=true', { name: 'c' }]
  ] as const) {
    const refused = await send(method, url, body, { 'if-match': first })
    t.equal(refused.status, 412, `${method} ${url}`)
    t.match(refused.body, { code: 'version_mismatch', version: 2 })
    t.match(refused.body.detail, /is at version 2, but the request is for 1; read the job again/)
  }
  t.match((await send('GET', '/jobs/1')).body, { version: 2, name: 'b' })
  for (const [version, match] of [
    [2, '"2"'],
    [3, '"1", "3-abc"'],
    [4, '*'],
    [5, '"7" , "5"']
  ] as const) {
    const changed = await send('PATCH', '/jobs/1', { name: match }, { 'if-match': match })
    t.match(changed, { status: 200, body: { version: version + 1 } }, match)
  }
  for (const match of ['W/"2"', '2', '"x"', '""']) {
    const { status, body } = await send('PATCH', '/jobs/1', { name: 'd' }, { 'if-match': match })
    t.equal(status, 412, match)
    t.match(body.detail, /none that a job can have/)
  }
  const missing = await send('PUT', '/jobs/by-key/new', hourly, { 'if-match': '"1"' })
  t.equal(missing.status, 412)
  t.equal((await send('GET', '/jobs')).body.length, 1)
})

test('what the client has already is not sent again, and whatever changes is', async (t) => {
  const { send, clock } = await createTestApi(t)
  await send('POST', '/jobs', { name: 'a', repeat_interval: '10s' })
  for (const url of ['/jobs/1', '/jobs']) {
    const { headers, text } = await send('GET', url)
    const etag = headers['etag'] ?? ''
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const answer = await send('GET', url, undefined, { 'if-none-match': known })
      t.equal(answer.status, 304, known)
      t.equal(answer.text, '')
      t.equal(answer.headers['etag'], etag)
    }
    const other = await send('GET', url, undefined, { 'if-none-match': '"1"' })
    t.equal(other.text, text)
    await clock.advance(10_000)
    const moved = await send('GET', url, undefined, { 'if-none-match': etag })
    t.equal(moved.status, 200, 'next_run_at is another one')
    t.not(moved.headers['etag'], etag)
  }
  const read = (await send('GET', '/jobs/1')).headers['etag']
  const patched = await send('PATCH', '/jobs/1', {})
  t.equal(patched.headers['etag'], read, 'the same job has the same tag, whoever sends it')
})

test('POST /runs/:id/retry gives a run one more attempt', async (t) => {
  const { send, clock, app } = await createTestApi(t)
  let isBroken = true
  app.scheduler.handle('work', async () => {
    if (isBroken) throw new Error('broken')
    return 'mended'
  })
  const target = { type: 'handler', name: 'work' }
  await send('POST', '/jobs', { ...hourly, target })
  const { body: run } = await send('POST', '/jobs/1/run')
  await clock.advance(100)
  t.match((await send('GET', `/runs/${run.id}`)).body, { state: 'failed', attempt: 1 })
  isBroken = false
  const retried = await send('POST', `/runs/${run.id}/retry`)
  t.equal(retried.status, 202)
  t.match(retried.body, { id: run.id, state: 'pending', reason: 'retry_requested' })
  await clock.advance(100)
  const { body: done } = await send('GET', `/runs/${run.id}`)
  t.match(done, { state: 'succeeded', attempt: 2, fencing_token: 2, result: 'mended', error: null })
  t.strictSame(
    done.attempts.map((attempt: { outcome: string }) => attempt.outcome),
    ['failed', 'succeeded']
  )
  t.match((await send('GET', '/jobs/1')).body, { consecutive_failures: 0 })
  const refused = await send('POST', `/runs/${run.id}/retry`)
  t.equal(refused.status, 409)
  t.match(refused.body, { code: 'run_not_finished' })
  t.match(refused.body.detail, /is succeeded; run its job with POST \/jobs\/:id\/run instead/)
  t.match((await send('POST', '/runs/99/retry')).body, { code: 'run_not_found' })
})

test('a retry does not overlap, and needs its job', async (t) => {
  const { send, clock, app } = await createTestApi(t)
  const ends: ((error: Error) => void)[] = []
  app.scheduler.handle('work', () => new Promise((_resolve, reject) => ends.push(reject)))
  const target = { type: 'handler', name: 'work' }
  await send('POST', '/jobs', { ...hourly, target })
  await send('POST', '/jobs/1/run')
  ends[0]?.(new Error('no'))
  await clock.advance(100)
  await send('POST', '/jobs/1/run')
  const inTheWay = await send('POST', '/runs/1/retry')
  t.equal(inTheWay.status, 409)
  t.match(inTheWay.body, { code: 'run_active', run_id: 2 })
  t.match((await send('POST', '/runs/2/retry')).body, { code: 'run_not_finished' })
  await send('POST', '/runs/2/cancel')
  ends[1]?.(new Error('no'))
  await clock.advance(100)
  t.match((await send('GET', '/runs/2')).body, { state: 'cancelled' })
  t.equal((await send('POST', '/runs/2/retry')).status, 202, 'what was cancelled, too')
  await clock.advance(100)
  t.match((await send('GET', '/runs/2')).body, { state: 'running', attempt: 2 })
  ends[2]?.(new Error('no'))
  await clock.advance(100)
  await send('DELETE', '/jobs/1')
  t.match((await send('POST', '/runs/1/retry')).body, { code: 'job_not_found' })
  t.match((await send('GET', '/runs/1')).body, { state: 'failed', attempt: 1 })
})
