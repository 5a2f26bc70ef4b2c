import { CarillonError } from '../domain/errors.ts'
import { inSavepoint } from '../store/savepoint.ts'
import type { Core } from './core.ts'
import { enlist } from './enlist.ts'

/** One of many that could not be done, and why. */
export interface Refusal<Item> {
  item: Item
  error: CarillonError
}

/**
 * Does the same to each of many in the transaction of `core`. What refuses keeps no trace and says no
 * word, and the others go on. The rows of their jobs are locked by who calls.
 */
export async function actOnEach<Item>(
  core: Core,
  items: readonly Item[],
  act: (core: Core, item: Item) => Promise<unknown>
): Promise<Refusal<Item>[]> {
  const refused: Refusal<Item>[] = []
  for (const item of items) {
    const part = enlist(core, core.db)
    try {
      await inSavepoint(core.db, () => act(part.core, item))
      part.announce()
    } catch (error) {
      if (!(error instanceof CarillonError)) throw error
      refused.push({ item, error })
    }
  }
  return refused
}
