import { test } from 'tap'
import { bearer, createServiceApp } from '../helpers/service-app.ts'
import { createSink } from '../helpers/sink.ts'

test('a target is tried over HTTP by who may write, and the log says who did', async (t) => {
  const service = await createServiceApp(t)
  const sink = await createSink(t)
  const body = { target: { type: 'http', url: sink.url }, params: 1 }
  const [write, read] = [
    bearer(await service.makeKey({ scopes: ['write'] })),
    bearer(await service.makeKey({ scopes: ['read'] }))
  ]
  t.match(await service.send('POST /targets/test', write, body), {
    status: 200,
    body: { ok: true, status: 200, body: 'ok', error: null }
  })
  t.match(await service.send('POST /targets/test', read, body), { status: 403 })
  t.match(await service.send('POST /targets/test', write, { ...body, job_id: 7 }), {
    status: 404,
    body: { code: 'job_not_found' }
  })
  t.match(await service.send('POST /targets/test', write, { target: { type: 'log' } }), {
    status: 400,
    body: { errors: [{ pointer: '/target/type' }] }
  })
  t.equal(sink.requests.length, 1)
  const lines = service.lines.filter(({ msg }) => msg === 'A target was tried.')
  t.match(lines, [{ actor: 'key:1', origin: sink.url, ok: true, status: 200 }])
})

test('an idempotency key is refused: to keep the answer would hold the database', async (t) => {
  const { request } = await createServiceApp(t)
  const sink = await createSink(t)
  const answer = await request('POST /targets/test', undefined, {
    payload: { target: { type: 'http', url: sink.url } },
    headers: { 'idempotency-key': 'one' }
  })
  t.match(answer, { status: 400, body: { errors: [{ in: 'headers', detail: /is not kept/ }] } })
  t.equal(sink.requests.length, 0)
})
