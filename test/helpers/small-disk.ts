import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Test } from 'tap'

const mounts = (folder: string, size: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0

/** Why no disk of a test's own can be had here; false where it can. */
export const noSmallDisk: string | false = (() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'carillon-disk-'))
  const works = mounts(folder, '64k')
  if (works) execFileSync('umount', [folder])
  rmdirSync(folder)
  return works ? false : 'only root may mount a disk, and not everywhere'
})()

/** A disk that can be filled. */
export interface SmallDisk {
  folder: string
  /** Takes all the room there is. */
  fill(): Promise<void>
  /** Gives it back. */
  clear(): Promise<void>
  /** Lets nobody write to it any more. */
  protect(): void
}

/** Mounts a disk of this size, such as `4m`; it is gone when the test ends. */
export function mountSmallDisk(t: Test, size: string): SmallDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'carillon-disk-'))
  mounts(folder, size)
  t.teardown(() => {
    execFileSync('umount', ['--lazy', folder])
    rmdirSync(folder)
  })
  const filler = path.join(folder, 'filler')
  return {
    folder,
    fill: async () => {
      const file = await open(filler, 'a')
      const { bavail, bsize } = await statfs(folder)
      await file.write(Buffer.alloc(bavail * bsize))
      await file.close()
    },
    clear: () => rm(filler, { force: true }),
    protect: () => {
      execFileSync('mount', ['-o', 'remount,ro', folder])
    }
  }
}
