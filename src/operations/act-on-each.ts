import { CarillonError } from '../domain/errors.ts'
import { inSavepoint } from '../store/savepoint.ts'
import type { Core } from './core.ts'
import { enlist } from './enlist.ts'

/** One of many that could not be done, and why, as it is reported. */
export type Refused<Item> = Item & { code: CarillonError['code']; detail: string }

/**
 * Does the same to each of many in the transaction of `core`. What refuses keeps no trace and says no
 * word, and the others go on. The rows of their jobs are locked by who calls.
 */
export async function actOnEach<Item>(
  core: Core,
  items: readonly Item[],
  act: (core: Core, item: Item) => Promise<unknown>
): Promise<Refused<Item>[]> {
  const refused: Refused<Item>[] = []
  for (const item of items) {
    const part = enlist(core, core.db)
    try {
      await inSavepoint(core.db, () => act(part.core, item))
      part.announce()
    } catch (error) {
      if (!(error instanceof CarillonError)) throw error
      refused.push({ ...item, code: error.code, detail: error.message })
    }
  }
  return refused
}
