import type { Db } from './db.ts'
import { inSavepoint } from './savepoint.ts'
import { inTransaction } from './transaction.ts'

/** What the service keeps about itself, by name. */
export type SettingName = 'zone_data' | 'trace_seed' | 'pause'

export async function findSetting(db: Db, name: SettingName): Promise<string | undefined> {
  const row = await db.query
    .selectFrom('carillon_settings')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.value
}

/** The value that is there, else the given one; whoever asks at the same time gets the same. */
export async function establishSetting(db: Db, name: SettingName, value: string): Promise<string> {
  const found = await findSetting(db, name)
  if (found !== undefined) return found
  try {
    await insertSetting(db, name, value)
    return value
  } catch (error) {
    if (!db.dialect.isDuplicate(error)) throw error
    return (await findSetting(db, name)) ?? value
  }
}

/** Several processes may save it at once, for the first time even: the last one stays. */
export async function saveSetting(db: Db, name: SettingName, value: string): Promise<void> {
  if (await updateSetting(db, name, value)) return
  try {
    await insertSetting(db, name, value)
  } catch (error) {
    if (!db.dialect.isDuplicate(error)) throw error
    await updateSetting(db, name, value)
  }
}

/** One that is not there is no fault. */
export function deleteSetting(db: Db, name: SettingName): Promise<void> {
  return inTransaction(db, async (trx) => {
    await trx.query.deleteFrom('carillon_settings').where('name', '=', name).execute()
  })
}

function insertSetting(db: Db, name: SettingName, value: string): Promise<void> {
  // In a savepoint, so that a transaction that this is a part of can go on when it is there already.
  return inTransaction(db, (trx) =>
    inSavepoint(trx, async () => {
      await trx.query.insertInto('carillon_settings').values({ name, value }).execute()
    })
  )
}

/** @returns whether it was there */
function updateSetting(db: Db, name: SettingName, value: string): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx.query
      .updateTable('carillon_settings')
      .set({ value })
      .where('name', '=', name)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  })
}
