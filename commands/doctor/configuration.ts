import { parseConfig, type Config } from '../../src/config.ts'
import { messageOf } from '../../src/domain/errors.ts'
import { failed, ok, type Check, type Finding } from './check.ts'

/** The configuration as the service would have it, and what is wrong with it. */
export interface ReadConfig {
  /** Null where it cannot be read. */
  config: Config | null
  finding: Finding
}

/** What the options are, once they are read; where that fails, the finding says why. */
export function readConfig(readOptions: () => Record<string, unknown>): ReadConfig {
  try {
    const config = parseConfig(readOptions())
    const finding = ok(`It listens at ${config.host}, port ${config.port}.`)
    return { config, finding }
  } catch (error) {
    return { config: null, finding: failed(messageOf(error)) }
  }
}

/** Whether the service would start with it. */
export const configuration: Check = {
  name: 'configuration',
  run: ({ configFinding }) => configFinding
}
