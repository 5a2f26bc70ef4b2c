import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Message, Report } from './reports.ts'

/** Far longer than any of the runs takes. */
const PATIENCE_MS = 180_000

/** Processes of one program that share a database. */
export interface ProcessGroup {
  /** Resolves when all of them together have recorded so many runs. */
  untilRecorded(count: number): Promise<Report>
  /** Lets them end in order, and waits for it. */
  stop(): Promise<void>
}

/**
 * Starts a program once for each list of parameters; resolves when all of them are ready.
 * @throws when one of them ends before
 */
export async function startGroup(
  program: string,
  parameters: readonly (readonly string[])[]
): Promise<ProcessGroup> {
  const children = parameters.map((own) => fork(program, own))
  const reports = new Map<ChildProcess, Report>()
  const failed = Promise.withResolvers<never>()
  // Whoever waits at that moment is told; nobody may wait.
  failed.promise.catch(() => undefined)
  let onReport = (): void => undefined
  for (const child of children) {
    child.on('message', (message: Message) => {
      if (message === null) return
      reports.set(child, message)
      onReport()
    })
    child.once('exit', (code) => failed.reject(new Error(`${program} ended with ${String(code)}.`)))
  }
  const group: ProcessGroup = {
    untilRecorded: (count) => {
      const done = new Promise<Report>((resolve) => {
        onReport = () => {
          const report = sum([...reports.values()])
          if (report.recorded >= count) resolve(report)
        }
        onReport()
      })
      return Promise.race([done, failed.promise, impatience(() => sum([...reports.values()]))])
    },
    stop: async () => {
      const ended = children
        .filter((child) => child.exitCode === null && child.signalCode === null)
        .map((child) => once(child, 'exit'))
      for (const child of children) if (child.connected) child.disconnect()
      await Promise.all(ended)
    }
  }
  const ready = children.map((child) => once(child, 'message'))
  try {
    await Promise.race([Promise.all(ready), failed.promise])
  } catch (error) {
    await group.stop()
    throw error
  }
  return group
}

function sum(reports: readonly Report[]): Report {
  return {
    recorded: reports.reduce((total, one) => total + one.recorded, 0),
    calls: reports.reduce((total, one) => total + one.calls, 0),
    lastAt: Math.max(...reports.map((one) => one.lastAt))
  }
}

async function impatience(soFar: () => Report): Promise<never> {
  await sleep(PATIENCE_MS, undefined, { ref: false })
  throw new Error(`Not all was recorded in ${PATIENCE_MS} ms: ${JSON.stringify(soFar())}.`)
}
