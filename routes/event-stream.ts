import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Clock } from '../src/domain/clock.ts'
import type { FeedListener } from '../src/feed/feed.ts'
import type { FeedMessage } from '../src/feed/ring.ts'

/** After so long without a connection a client connects again. */
const RETRY_MS = 2_000
/** Shorter than what proxies allow a connection to be silent for. */
const COMMENT_MS = 15_000
/** A client that leaves more than this unread is dropped; it connects again. */
export const MAX_UNREAD_BYTES = 1024 * 1024

/** What is sent to one client, in the form of Server-Sent Events (WHATWG HTML, 9.2). */
export interface EventStream extends FeedListener {
  readonly body: Readable
  /** From here on the client has to read what it is sent. */
  open(): void
}

/** `isAllowed` tells, with every comment, whether the client may still listen. */
export function createEventStream(
  clock: Clock,
  response: ServerResponse,
  isAllowed: () => Promise<boolean> = async () => true
): EventStream {
  const body = new Readable({ read: () => undefined })
  let limit = Infinity
  const push = (text: string): void => {
    if (body.readableEnded || body.destroyed) return
    body.push(text)
    if (body.readableLength > limit) body.destroy()
  }
  const end = (): void => {
    // Who does not read would hold up the end.
    if (body.readableLength > 0 || response.writableLength > 0) body.destroy()
    else body.push(null)
  }
  const endUnlessAllowed = async (): Promise<void> => {
    if (!(await isAllowed()) && !body.destroyed) end()
  }
  const comment = (): void => {
    push(':\n\n')
    cancelComment = clock.setTimer(comment, COMMENT_MS)
    void endUnlessAllowed()
  }
  let cancelComment = clock.setTimer(comment, COMMENT_MS)
  body.once('close', () => cancelComment())
  push(`retry: ${RETRY_MS}\n\n`)
  return {
    body,
    // What was missed is sent at once, however much it is.
    open: () => {
      limit = body.readableLength + MAX_UNREAD_BYTES
    },
    tell: (message) => push(frameOf(message)),
    end
  }
}

function frameOf({ id, event, json }: FeedMessage): string {
  const first = id === null ? '' : `id: ${id}\n`
  return `${first}event: ${event.name}\ndata: ${json}\n\n`
}
