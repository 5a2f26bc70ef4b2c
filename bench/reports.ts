/** What a process of the bench and the one that started it say to each other. */
import { once } from 'node:events'
import process from 'node:process'

/** What a process has done since it is ready, all of it recorded in the database. */
export interface Report {
  /** Runs recorded as succeeded. */
  recorded: number
  /** Calls of the handler: more than runs recorded would be runs carried out twice. */
  calls: number
  /** Epoch milliseconds at which the last of them was seen to be recorded. */
  lastAt: number
}

/** Null for "ready". */
export type Message = Report | null

export function tell(message: Message): void {
  process.send?.(message)
}

/** Resolves when the process that started this one wants it to end. */
export async function untilStopped(): Promise<void> {
  await once(process, 'disconnect')
}
