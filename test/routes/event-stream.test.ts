import { createServer, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import { createEventStream, MAX_UNREAD_BYTES } from '../../routes/event-stream.ts'
import type { FeedMessage } from '../../src/feed/ring.ts'
import { createManualClock } from '../helpers/manual-clock.ts'

const message: FeedMessage = {
  id: '0-1',
  event: { name: 'resync', data: { reason: 'gap' } },
  json: JSON.stringify('x'.repeat(10_000))
}

/** A stream to a client that reads nothing. */
async function unread(t: Test) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.pause().on('error', () => undefined)
  t.teardown(() => {
    client.destroy()
    server.close()
  })
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  const stream = createEventStream(createManualClock(), response)
  stream.body.pipe(response)
  const turn = () => new Promise((resolve) => void setImmediate(resolve))
  /** Until the kernel takes no more. */
  const fill = async () => {
    while (stream.body.readableLength === 0) {
      stream.tell(message)
      await turn()
    }
  }
  return { stream, fill }
}

test('what a client does not read is held up to a limit, from when the stream is open', async (t) => {
  const { stream, fill } = await unread(t)
  await fill()
  while (stream.body.readableLength <= 2 * MAX_UNREAD_BYTES) stream.tell(message)
  t.notOk(stream.body.destroyed, 'what was missed may be more')
  stream.open()
  const before = stream.body.readableLength
  while (!stream.body.destroyed) stream.tell(message)
  t.ok(stream.body.readableLength > before + MAX_UNREAD_BYTES)
  t.ok(stream.body.readableLength < before + MAX_UNREAD_BYTES + 20_000)
  stream.tell(message)
})

test('the end does not wait for a client that does not read', async (t) => {
  const { stream, fill } = await unread(t)
  await fill()
  stream.end()
  t.ok(stream.body.destroyed)
})
