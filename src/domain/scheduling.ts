import { Type, type Static } from '@sinclair/typebox'
import { nullable, ONE_LINE, words } from './schema.ts'

/** Whether the replicas of a service start anything. */
export const Scheduling = Type.Object(
  {
    state: words(['running', 'paused'], {
      description: '`paused`: nothing is started on any replica.'
    }),
    reason: nullable(Type.String({ description: 'As it was given with the pause.' })),
    paused_at: nullable(Type.String()),
    paused_by: nullable(
      Type.String({ description: 'Who asked for the pause; null when nobody had to say.' })
    )
  },
  { $id: 'Scheduling' }
)
export type Scheduling = Static<typeof Scheduling>

/** What a pause of all scheduling may be asked for with. */
export const PauseScheduling = Type.Object(
  {
    reason: Type.Optional(nullable(Type.String({ ...ONE_LINE, minLength: 1, maxLength: 500 })))
  },
  { additionalProperties: false }
)
export type PauseScheduling = Static<typeof PauseScheduling>

/** What an event tells of the scheduling of all jobs. */
export const SchedulingEvent = Type.Object({
  ...Scheduling.properties,
  idle_since: nullable(
    Type.String({
      description:
        'When a replica last looked for what is due, if none has for half a minute; null while all is well.'
    })
  )
})
export type SchedulingEvent = Static<typeof SchedulingEvent>

/** A replica that has looked for what is due within this time is well. */
const IDLE_AFTER_MS = 30_000

/**
 * The last of these looks for what is due, when it is so long ago that nothing is started any more.
 * Epoch milliseconds. Those of other replicas are known by their heartbeats, which a longer lease may
 * have come later.
 */
export function idleSince(lastPassAt: number, now: number, leaseMs: number): number | null {
  return now - lastPassAt > Math.max(IDLE_AFTER_MS, leaseMs) ? lastPassAt : null
}
