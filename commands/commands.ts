import { apply } from './apply.ts'
import type { Command } from './command.ts'
import { completionOf } from './completion.ts'
import { config } from './config.ts'
import { copy } from './copy.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { exportJobs } from './export.ts'
import { importFrom } from './import.ts'
import { jobs } from './jobs.ts'
import { apiKeys } from './keys.ts'
import { migrateDatabase } from './migrate.ts'
import { openapi } from './openapi.ts'
import { preview } from './preview.ts'
import { runs } from './runs.ts'
import { secrets } from './secrets.ts'
import { serve } from './serve.ts'
import { system } from './system.ts'

/** Every command by its word, in the order in which `carillon --help` lists them. */
export const commands: ReadonlyMap<string, Command> = new Map([
  ['serve', serve],
  ['demo', demo],
  ['jobs', jobs],
  ['runs', runs],
  ['system', system],
  ['apply', apply],
  ['export', exportJobs],
  ['import', importFrom],
  ['preview', preview],
  ['config', config],
  ['keys', apiKeys],
  ['migrate', migrateDatabase],
  ['copy', copy],
  ['secrets', secrets],
  ['doctor', doctor],
  ['openapi', openapi],
  ['completion', completionOf(() => commands)]
])
