import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { BENCH } from '../places.ts'

const run = promisify(execFile)
const PEERS = path.join(BENCH, 'peers')

/** Installs what we are measured against, unless it is there. @returns why that cannot be; false when it is there */
export async function reasonWithoutPeers(): Promise<string | false> {
  if (areInstalled()) return false
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: PEERS })
    return false
  } catch (error) {
    const [line] = String(error).split('\n')
    return `it cannot be installed in bench/peers (${line})`
  }
}

/** A clone may have those of an earlier day, without what was added since. */
function areInstalled(): boolean {
  const text = readFileSync(path.join(PEERS, 'package.json'), 'utf8')
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> }
  return Object.keys(dependencies).every((name) =>
    existsSync(path.join(PEERS, 'node_modules', name))
  )
}
