import { existsSync } from 'node:fs'
import path from 'node:path'
import { sqlitePath } from '../../src/store/open.ts'
import { ok, skipped, warning, type Check } from './check.ts'
import { withConfig } from './needs.ts'

const LEAST_BYTES = 100 * 1024 * 1024
const MIB = 1024 * 1024

/** File systems whose locks do not hold SQLite together: https://sqlite.org/howtocorrupt.html#_filesystems_with_broken_or_missing_lock_implementations */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x51_7b, 'SMB'],
  [0xff_53_4d_42, 'CIFS'],
  [0xfe_53_4d_42, 'SMB']
])

/** Whether a file of SQLite has room to grow, on a disk that keeps what it was given. */
export const disk: Check = {
  name: 'disk',
  run: withConfig(async ({ database }, { machine }) => {
    const file = sqlitePath(database)
    if (file === null) return skipped('The database is on a server.')
    if (file === ':memory:') return skipped('The database is in memory.')
    const folder = path.dirname(path.resolve(file))
    if (!existsSync(folder)) return skipped(`${folder} does not exist.`)
    const { type, bytes } = await machine.findSpace(folder)
    const network = NETWORK_TYPES.get(type)
    if (network !== undefined) {
      return warning(
        `${folder} is on a network (${network}), where SQLite may lose data; put the file on a local disk, or use a server.`
      )
    }
    const left = `${Math.floor(bytes / MIB)} MiB are left in ${folder}`
    return bytes < LEAST_BYTES ? warning(`${left}; make room.`) : ok(`${left}.`)
  })
}
