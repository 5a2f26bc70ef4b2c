import type { Scheduler } from '../src/scheduler.ts'
import type { Database } from '../src/store/db.ts'

const NOTE_EVERY_MS = 60_000

/** Has it remembered beside a file, while a scheduler works on it, that it is in use. */
export function noteUses(
  { on }: Pick<Scheduler, 'on'>,
  { noteUse }: Pick<Database, 'noteUse'>
): void {
  if (noteUse === null) return
  let noted: number | null = null
  on('pass_completed', ({ loop, at }) => {
    if (loop !== 'heartbeat') return
    if (noted !== null && Math.abs(at - noted) < NOTE_EVERY_MS) return
    noted = at
    noteUse(at)
  })
}
