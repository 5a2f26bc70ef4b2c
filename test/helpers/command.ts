import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { launch, type ServiceExit, type ServiceOptions } from './service.ts'

/** A command that goes on by itself. */
export interface StartedCommand {
  kill(signal: 'SIGKILL'): void
  exited: Promise<ServiceExit & { stdout: string }>
}

/** Starts `carillon` with these words in a process of its own. */
export async function startCommand(t: Test, options: ServiceOptions): Promise<StartedCommand> {
  const { child, exited } = await launch(t, options)
  const printed = child.stdout === null ? '' : text(child.stdout)
  return {
    kill: (signal) => child.kill(signal),
    exited: exited.then(async (exit) => ({ ...exit, stdout: await printed }))
  }
}

/** The same, to its end. */
export async function runCommand(
  t: Test,
  options: ServiceOptions
): Promise<Awaited<StartedCommand['exited']>> {
  const { exited } = await startCommand(t, options)
  return exited
}
