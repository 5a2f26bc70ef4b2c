import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Recurred } from './recurring-replica.ts'

/** Starts a program that notes how late runs start; resolves with what it says at its end. */
export async function runRecurring(
  program: string,
  parameters: readonly string[],
  flags: readonly string[] = []
): Promise<Recurred> {
  const child = fork(program, parameters, { execArgv: [...flags] })
  const ended = once(child, 'exit')
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Recurred | number]
  await ended
  if (typeof message === 'number') throw new Error(`${program} ended with ${message}.`)
  return message
}
