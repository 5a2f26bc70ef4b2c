import type { Db } from './db.ts'
import { inTransaction } from './transaction.ts'

/** What the service keeps about itself, by name. */
export type SettingName = 'zone_data'

export async function findSetting(db: Db, name: SettingName): Promise<string | undefined> {
  const row = await db.query
    .selectFrom('carillon_settings')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.value
}

export async function saveSetting(db: Db, name: SettingName, value: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx.query.deleteFrom('carillon_settings').where('name', '=', name).execute()
    await trx.query.insertInto('carillon_settings').values({ name, value }).execute()
  })
}
