import path from 'node:path'
import process from 'node:process'
import { runToEnd } from './processes.ts'

/** Where `failing-replica.ts` can end: each is between two steps that a crash may tear apart. */
export const FAIL_POINTS = ['after_claim', 'after_request', 'before_finish'] as const
export type FailPoint = (typeof FAIL_POINTS)[number]

const PROGRAM = path.join(import.meta.dirname, 'failing-replica.ts')

/**
 * Lets a process run what is due until it dies at this point.
 * @returns what it says on its way: the point, if it came there
 */
export async function dieAt(
  point: FailPoint,
  { databaseUrl, secretKey }: { databaseUrl: string; secretKey: string }
): Promise<string> {
  const args = [PROGRAM, databaseUrl, point, secretKey]
  const { stdout, stderr } = await runToEnd(process.execPath, args, { cwd: process.cwd() })
  return stdout + stderr
}
