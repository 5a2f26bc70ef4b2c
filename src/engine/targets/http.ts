import type { Perform } from '../attempt.ts'
/** TEMPORARY stand-in. */
export function createHttpPerformer(): { perform: Perform; close(): Promise<void> } {
  return {
    perform: async () => ({ kind: 'succeeded', result: null }),
    close: async () => undefined
  }
}
