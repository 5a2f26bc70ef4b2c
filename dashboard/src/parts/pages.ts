import { useRef } from 'preact/hooks'
import type { Page, Pages } from '../../../client.ts'
import type { CoreClient } from '../../../src/client/core-client.ts'
import { useLoaded, type Loaded } from './loaded.ts'

/** A list that grows at its end when more of it is asked for. */
export interface GrowingList<Item> extends Loaded<Page<Item>> {
  /** The items of the pages after the first. */
  older: readonly Item[]
  /** Loads the next page; null when there is none. */
  more: (() => Promise<null>) | null
}

/**
 * The first page of a list, and those after it on request. When something happens, all of them are read
 * anew: what moves from one page to another is neither lost nor shown twice.
 */
export function useGrowingList<Item>(
  key: string,
  list: (asking: CoreClient) => Pages<Item>
): GrowingList<Item> {
  const wanted = useRef({ key, count: 1 })
  if (wanted.current.key !== key) wanted.current = { key, count: 1 }
  const loaded = useLoaded(key, (asking) => read(list(asking), wanted.current.count))
  const pages = loaded.value ?? []
  const [first = null, ...others] = pages
  const more = async (): Promise<null> => {
    wanted.current.count = pages.length + 1
    loaded.reload()
    return null
  }
  const isWhole = pages.at(-1)?.isLast ?? true
  const older = others.flatMap(({ items }) => items)
  return { ...loaded, value: first, older, more: isWhole ? null : more }
}

async function read<Item>(list: Pages<Item>, count: number): Promise<Page<Item>[]> {
  const pages: Page<Item>[] = []
  for await (const page of list.pages()) {
    pages.push(page)
    if (pages.length >= count) break
  }
  return pages
}
