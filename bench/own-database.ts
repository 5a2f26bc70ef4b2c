import path from 'node:path'
import { createServerDatabase, type DatabaseKind } from '../test/helpers/server-databases.ts'
import { inTempFolder } from './temp-folder.ts'

/** Hands `work` the URL of a new, empty database, which is gone afterwards, whatever happens. */
export async function inOwnDatabase<Result>(
  kind: DatabaseKind,
  work: (url: string) => Promise<Result>
): Promise<Result> {
  if (kind === 'sqlite') {
    return inTempFolder((folder) => work(`sqlite:${path.join(folder, 'jobs.db')}`))
  }
  const { url, drop } = await createServerDatabase(kind)
  try {
    return await work(url)
  } finally {
    await drop()
  }
}
