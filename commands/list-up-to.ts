import type { Pages } from '../client.ts'
import { printNote } from './print.ts'

/** The first items of a list. */
export interface Listed<Item> {
  items: Item[]
  /** Says how many there are, if not all are shown; where nothing was found, that. */
  noteMore(what: string): void
}

/** Reads a list as far as it is to be shown. */
export async function listUpTo<Item>(pages: Pages<Item>, limit: number): Promise<Listed<Item>> {
  const { items, total, next } = await pages.page()
  const hasMore = items.length > limit || next() !== null
  return {
    items: items.slice(0, limit),
    noteMore: (what) => {
      if (items.length === 0) printNote(`There are no such ${what}.`)
      else if (hasMore) {
        const of = total === null ? 'The first' : `Of ${total}, the first`
        printNote(`${of} ${items.length} ${what} are shown; --limit shows more.`)
      }
    }
  }
}
