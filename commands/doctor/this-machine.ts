import { lookup } from 'node:dns/promises'
import { statfs } from 'node:fs/promises'
import process from 'node:process'
import { systemClock } from '../../src/engine/clock.ts'
import type { Machine } from './check.ts'

/** The machine that this process runs on. */
export const thisMachine: Machine = {
  versions: process.versions,
  clock: systemClock,
  lookup: async (host) => {
    const found = await lookup(host, { all: true })
    return found.map(({ address }) => address)
  },
  findSpace: async (path) => {
    const { type, bavail, bsize } = await statfs(path)
    return { type, bytes: bavail * bsize }
  }
}
