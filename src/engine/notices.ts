import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { messageOf } from '../domain/errors.ts'
import { nullable } from '../domain/schema.ts'
import type { NoticeChannel } from '../store/db.ts'
import type { EventHub } from './events.ts'

/** What happens together is told together. */
const GATHER_MS = 5
/** More ids than this are sent as "any": a message of PostgreSQL holds less than 8,000 bytes. */
const MAX_IDS = 500

/** What a replica tells the others after it has committed something. */
const Notice = Type.Object({
  /** Whoever sent it has no use for it. */
  from: Type.String(),
  /** Jobs that are not what they were; null for any. */
  jobs: nullable(Type.Array(Type.Integer())),
  /** Something may be due, or wait for a slot or a handler that the sender has not. */
  wake: Type.Boolean(),
  /** A run that another replica holds is to be stopped. */
  cancel: Type.Boolean()
})
type Notice = Static<typeof Notice>

/** What makes up for messages that were missed or cannot be read. */
const ANYTHING = { jobs: null, wake: true, cancel: true }

function parseNotice(message: string): Notice | null {
  try {
    const notice: unknown = JSON.parse(message)
    return Value.Check(Notice, notice) ? notice : null
  } catch {
    return null
  }
}

export interface NoticesParts {
  channel: NoticeChannel
  events: EventHub
  /** Tells this process from the others. */
  self: string
}

/**
 * Tells the other replicas at once what changed here, and passes on what they tell, as the event
 * `notice_received`. Only a shortcut: what does not arrive is found by looking, within seconds.
 * @returns what ends it
 */
export async function exchangeNotices(parts: NoticesParts): Promise<() => Promise<void>> {
  const { channel, events, self } = parts
  const silence = (): Notice => ({ from: self, jobs: [], wake: false, cancel: false })
  let next = silence()
  let timer: NodeJS.Timeout | null = null

  const send = (): void => {
    timer = null
    const notice = next
    next = silence()
    channel.send(JSON.stringify(notice)).catch((error: unknown) => {
      events.emit('pass_failed', { loop: 'notices', error: messageOf(error) })
    })
  }
  const tell = (ids: readonly number[], more: Partial<Notice> = {}): void => {
    const jobs = next.jobs === null ? null : [...new Set([...next.jobs, ...ids])]
    next = { ...next, ...more, jobs: jobs === null || jobs.length > MAX_IDS ? null : jobs }
    timer ??= setTimeout(send, GATHER_MS)
  }

  const subscriptions = [
    events.on('job_created', ({ job }) => tell([job.id], { wake: true })),
    events.on('job_updated', ({ job }) => tell([job.id], { wake: true })),
    events.on('job_deleted', ({ id }) => tell([id])),
    events.on('jobs_moved', ({ ids }) => tell(ids)),
    events.on('runs_waiting', () => tell([], { wake: true })),
    events.on('scheduling_changed', () => tell([], { wake: true })),
    events.on('cancel_requested', () => tell([], { cancel: true }))
  ]
  const receive = (message: string): void => {
    const notice = parseNotice(message)
    if (notice?.from !== self) events.emit('notice_received', notice ?? ANYTHING)
  }
  const stopListening = await channel.listen(receive, () =>
    events.emit('notice_received', ANYTHING)
  )
  return async () => {
    for (const unsubscribe of subscriptions) unsubscribe()
    if (timer !== null) clearTimeout(timer)
    await stopListening()
  }
}
