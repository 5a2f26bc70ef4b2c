import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The oldest Node that the package says it runs on, such as "22.19". */
function oldestNode(): string {
  const file = fileURLToPath(import.meta.resolve('carillon/package.json'))
  const { engines }: { engines: { node: string } } = JSON.parse(readFileSync(file, 'utf8'))
  return engines.node.replace(/^\D+/, '')
}

/** Why a Node of this version cannot run the service; null when it can. */
export function nodeFault(version: string): string | null {
  const oldest = oldestNode()
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = oldest.split('.').map(Number)
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return null
  return `Node is ${version}, but must be ${oldest} or newer; install a newer one.`
}
