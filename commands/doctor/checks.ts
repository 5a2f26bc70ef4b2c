import type { Check } from './check.ts'
import { clock } from './clock.ts'
import { configuration } from './configuration.ts'
import { database } from './database.ts'
import { disk } from './disk.ts'
import { due } from './due.ts'
import { key } from './key.ts'
import { leases } from './leases.ts'
import { migrations } from './migrations.ts'
import { node } from './node.ts'
import { port } from './port.ts'
import { targets } from './targets.ts'
import { zones } from './zones.ts'

/** Every check, in the order in which they are shown: what others rest on comes first. */
export const checks: readonly Check[] = [
  node,
  configuration,
  database,
  migrations,
  key,
  clock,
  zones,
  port,
  leases,
  due,
  targets,
  disk
]
