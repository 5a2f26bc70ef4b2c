import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Installs what we are measured against, once. @returns why that cannot be; false when it is there */
export async function reasonWithoutPeers(): Promise<string | false> {
  if (existsSync(path.join(import.meta.dirname, 'node_modules/ioredis'))) return false
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: import.meta.dirname })
    return false
  } catch (error) {
    const [line] = String(error).split('\n')
    return `it cannot be installed in bench/peers (${line})`
  }
}
