import { skipped, type Machine, type Parts, type Storage } from './check.ts'
import { readConfig } from './configuration.ts'
import { DEADLINE_MS } from './examine.ts'
import { nodeFault } from '../node-fault.ts'
import { openStorage, without } from './storage.ts'

/** What the checks look at: the configuration of these options, and the database that it names. */
export async function gather(
  readOptions: () => Record<string, unknown>,
  machine: Machine
): Promise<Parts> {
  const { config, finding } = readConfig(readOptions)
  const storage = await storageOf(config?.database, machine)
  return { machine, config, configFinding: finding, storage }
}

async function storageOf(url: string | undefined, machine: Machine): Promise<Storage> {
  if (url === undefined) return without(skipped('The configuration cannot be read.'))
  // An older Node does not refuse the library of SQLite, but crashes.
  const fault = nodeFault(machine.versions.node)
  return fault === null ? openStorage(url, DEADLINE_MS) : without(skipped(fault))
}
