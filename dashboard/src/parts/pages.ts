import { useState } from 'preact/hooks'
import type { Page, Pages } from '../../../client.ts'
import { useLoaded, type Loaded } from './loaded.ts'

/** A list that grows at its end when more of it is asked for. */
export interface GrowingList<Item> extends Loaded<Page<Item>> {
  /** The items of the pages after the first. */
  older: readonly Item[]
  /** Loads the next page; null when there is none. */
  more: (() => Promise<null>) | null
}

/** The first page of a list, which is read anew when something happens, and older ones on request. */
export function useGrowingList<Item>(
  key: string,
  list: (signal: AbortSignal) => Pages<Item>
): GrowingList<Item> {
  const first = useLoaded(key, (signal) => list(signal).page())
  const [older, setOlder] = useState<{ key: string; pages: readonly Page<Item>[] }>(NONE)
  const pages = older.key === key ? older.pages : []
  const last = pages.at(-1) ?? first.value
  const more = async (): Promise<null> => {
    const page = await last?.next()
    if (page !== undefined && page !== null) setOlder({ key, pages: [...pages, page] })
    return null
  }
  const isWhole = last === null || last.isLast
  return { ...first, older: pages.flatMap(({ items }) => items), more: isWhole ? null : more }
}

const NONE = { key: '', pages: [] }
