import type { FeedEvent, Scheduling, ServiceHealth } from '../../../client.ts'
import { now, serverAheadMs, serverNow } from '../format/clock.ts'
import { service } from '../service.ts'
import { signal } from '../signal/signal.ts'

type Told<Name extends FeedEvent['name']> = Extract<FeedEvent, { name: Name }>['data']

/** Of the server that sends the events; null before it has said so. */
export const serverVersion = signal<string | null>(null)

/** The numbers of now; null before the first came. */
export const stats = signal<Told<'stats'> | null>(null)

/** Whether scheduling goes on, and whether anybody carries it out; null before it was told. */
export const scheduling = signal<Told<'scheduling'> | null>(null)

/** Whether the service can do its work, as it said last; null while it has not said so. */
export const health = signal<ServiceHealth | null>(null)

const LOOK_EVERY_MS = 15_000

/** What a stream begins with. */
export function greet({ server_time: time, version }: Told<'hello'>): void {
  serverAheadMs.value = Date.parse(time) - Date.now()
  // Until the next second all would be told by the clock of this browser.
  now.value = serverNow()
  serverVersion.value = version
}

/** Keeps what an event tells of the server itself. */
export function noteServer(event: FeedEvent): void {
  if (event.name === 'stats') stats.value = event.data
  if (event.name === 'scheduling') scheduling.value = event.data
}

/** Keeps what a change of the scheduling was answered, which the stream may tell later. */
export function noteScheduling(answer: Scheduling): void {
  scheduling.value = { ...answer, idle_since: scheduling.value?.idle_since ?? null }
}

/** Asks for the health; that there is no answer is what the stream of events shows. */
export async function lookAtHealth(): Promise<void> {
  try {
    health.value = await service.health()
  } catch {
    health.value = null
  }
}

/** Looks now, and again and again while somebody looks at the page. */
export function watchHealth(): void {
  void lookAtHealth()
  setInterval(() => {
    if (!document.hidden) void lookAtHealth()
  }, LOOK_EVERY_MS)
}
