import type { Run } from '../../src/domain/run.ts'
import type { ServiceAnswer } from './service.ts'

/** Follows the pages of a list to its end. */
export async function readAll<Item>(
  read: (target: string) => Promise<ServiceAnswer>,
  list: string
): Promise<Item[]> {
  const items: Item[] = []
  let target: string | undefined = list
  while (target !== undefined) {
    const { body, headers } = await read(target)
    items.push(...(body as Item[]))
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    target = next === undefined ? undefined : new URL(next, `http://service${target}`).href
    target &&= target.slice('http://service'.length)
  }
  return items
}

/** Every record of a run there is. */
export function readLedger(read: (target: string) => Promise<ServiceAnswer>): Promise<Run[]> {
  return readAll<Run>(read, '/runs?limit=1000')
}
