import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Hands `work` a folder that is deleted afterwards, whatever happens. */
export async function inTempFolder<Result>(
  work: (folder: string) => Promise<Result>
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'carillon-bench-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
