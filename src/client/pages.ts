import { bodyOf, type Call, type Transport } from './transport.ts'

/** One page of a list. */
export interface Page<Item> {
  items: Item[]
  /** The items on all pages; only where it was asked for by `count`. */
  total: number | null
  /** Whether there is no page after this one. */
  isLast: boolean
  /** The page after this one; null on the last one. */
  next(): Promise<Page<Item>> | null
}

/** A list of any length: iterate over its items, or take it page by page. */
export interface Pages<Item> extends AsyncIterable<Item> {
  /** The first page. */
  page(): Promise<Page<Item>>
  /** One page after the other. */
  pages(): AsyncIterable<Page<Item>>
}

/** The list that a call begins; nothing is sent until it is read. */
export function pagesOf<Item>(transport: Transport, call: Call): Pages<Item> {
  const load = async (one: Call): Promise<Page<Item>> => {
    const response = await transport.send(one)
    const items = await bodyOf<Item[]>(response)
    const total = response.headers.get('x-total-count')
    const following = nextCall(one, response)
    return {
      items,
      total: total === null ? null : Number(total),
      isLast: following === null,
      next: () => (following === null ? null : load(following))
    }
  }
  async function* pages(): AsyncGenerator<Page<Item>> {
    for (let next: Promise<Page<Item>> | null = load(call); next !== null;) {
      const page: Page<Item> = await next
      yield page
      next = page.next()
    }
  }
  async function* each(): AsyncGenerator<Item> {
    for await (const page of pages()) yield* page.items
  }
  return { page: () => load(call), pages, [Symbol.asyncIterator]: each }
}

/** The link is relative to what was asked for (RFC 8288), so only its query is of interest. */
function nextCall(call: Call, { headers }: Response): Call | null {
  const link = /<\?([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
  return link === undefined
    ? null
    : { ...call, query: Object.fromEntries(new URLSearchParams(link)) }
}
