import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { BENCH } from '../places.ts'

const run = promisify(execFile)
const PEERS = path.join(BENCH, 'peers')

/** Installs what we are measured against, once. @returns why that cannot be; false when it is there */
export async function reasonWithoutPeers(): Promise<string | false> {
  if (existsSync(path.join(PEERS, 'node_modules/ioredis'))) return false
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: PEERS })
    return false
  } catch (error) {
    const [line] = String(error).split('\n')
    return `it cannot be installed in bench/peers (${line})`
  }
}
