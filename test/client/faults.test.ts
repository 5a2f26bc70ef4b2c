import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import { createClient } from '../../client.ts'

/** The URL of a server that answers like this, until the test ends. */
async function serve(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0)
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

test('an answer that breaks off half-way is none, and is asked for again', async (t) => {
  let losses = 1
  const keys = new Set<unknown>()
  const url = await serve(t, ({ headers }, response) => {
    keys.add(headers['idempotency-key'])
    if (losses-- <= 0) response.end('{"id":1}')
    else response.write('{"id"', () => response.destroy())
  })
  t.strictSame(await createClient({ url }).run(1), { id: 1 })
  t.equal(losses, -1)
  t.equal(keys.size, 1, 'by one idempotency key')
  losses = 1
  await t.rejects(createClient({ url, retries: 0 }).getJob(1), { name: 'ConnectionError' })
})

test('what browsers insist on is kept to: fetch is no method, and plain HTTP has no randomUUID', async (t) => {
  t.intercept(globalThis.crypto, 'randomUUID', { value: undefined })
  const callers: unknown[] = []
  function strictFetch(this: unknown): Promise<Response> {
    callers.push(this)
    return Promise.resolve(Response.json({ id: 1 }))
  }
  const client = createClient({ fetch: strictFetch })
  await client.getJob(1)
  await client.run(1)
  t.strictSame(callers, [undefined, undefined])
})

test('a stream is taken up after a proxy answered that nobody is behind it', async (t) => {
  let refusals = 0
  const url = await serve(t, ({ headers }, response) => {
    const last = headers['last-event-id'] ?? null
    if (last !== null && refusals++ < 2) {
      response.writeHead(503).end('<h1>proxy</h1>')
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const frame = `id: e-1\nevent: hello\ndata: {"resume":${JSON.stringify(last)}}\n\n`
    response.write(frame, () => last === null && response.destroy())
  })
  const resumed: unknown[] = []
  for await (const event of createClient({ url, retries: 0 }).events()) {
    if (event.name === 'hello') resumed.push(event.data.resume)
    if (resumed.length === 2) break
  }
  t.strictSame(resumed, [null, 'e-1'])
  t.equal(refusals, 3)
})
