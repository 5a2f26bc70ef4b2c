import { LRUCache } from 'lru-cache'
import type { FeedRun } from '../domain/feed-event.ts'

/** More than can be told of in the time between two looks at the store. */
const MAX_RUNS = 10_000

/**
 * What was told of each run last, so that what this replica announced by itself is not told again
 * when it is found in the store.
 */
export interface RunMarks {
  /** Notes what was announced. */
  note(run: FeedRun): void
  /** Where the notes are now; what is read from the store from here on is not older than them. */
  position(): number
  /** Notes what was read. @returns false when it is known, or something newer is */
  isNews(run: FeedRun, position: number): boolean
}

export function createRunMarks(): RunMarks {
  const marks = new LRUCache<number, { text: string; position: number }>({ max: MAX_RUNS })
  let position = 0
  const note = (run: FeedRun): void => {
    position++
    marks.set(run.id, { text: markOf(run), position })
  }
  return {
    note,
    position: () => position,
    isNews: (run, since) => {
      const known = marks.get(run.id)
      if (known !== undefined && (known.position > since || known.text === markOf(run))) {
        return false
      }
      note(run)
      return true
    }
  }
}

function markOf(run: FeedRun): string {
  return `${run.attempt} ${run.state}`
}
