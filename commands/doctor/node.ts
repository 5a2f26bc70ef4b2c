import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { failed, ok, type Check } from './check.ts'

/** The oldest Node that the package says it runs on, such as "22.19". */
async function oldestNode(): Promise<string> {
  const file = fileURLToPath(import.meta.resolve('carillon/package.json'))
  const { engines }: { engines: { node: string } } = JSON.parse(await readFile(file, 'utf8'))
  return engines.node.replace(/^\D+/, '')
}

/** Why this Node cannot run the service; null when it can. */
export async function nodeFault(version: string): Promise<string | null> {
  const oldest = await oldestNode()
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = oldest.split('.').map(Number)
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return null
  return `Node is ${version}, but must be ${oldest} or newer; install a newer one.`
}

/** Whether the service runs on this Node. */
export const node: Check = {
  name: 'node',
  run: async ({ machine: { versions } }) => {
    const fault = await nodeFault(versions.node)
    return fault === null ? ok(`Node is ${versions.node}.`) : failed(fault)
  }
}
