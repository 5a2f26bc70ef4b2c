import { createHash } from 'node:crypto'

/** What makes a job of a crontab the same job when the crontab is imported again. */
export interface KeyParts {
  tag: string | null
  user: string | null
  command: string
}

/**
 * Gives keys to the jobs of one crontab. A key depends on the command, its user and the tag, not on
 * the schedule: a line with another time changes its job. Of lines with the same command, the second
 * has a key of its own, and so on.
 */
export function createKeys(): (parts: KeyParts) => string {
  const counts = new Map<string, number>()
  return ({ tag, user, command }) => {
    const text = JSON.stringify([tag, user, command])
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
    const count = (counts.get(hash) ?? 0) + 1
    counts.set(hash, count)
    return count === 1 ? `crontab:${hash}` : `crontab:${hash}:${count}`
  }
}
