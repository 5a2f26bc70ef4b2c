import { exposureFault, isExposed } from '../../src/exposure.ts'
import { hasActiveApiKey } from '../../src/store/api-keys.ts'
import { failed, ok, type Check } from './check.ts'
import { withConfig } from './needs.ts'
import { nowOf } from './now-of.ts'

/** Whether a service that others reach has a key that keeps them out. */
export const key: Check = {
  name: 'api key',
  run: withConfig(async (config, { machine, storage: { database, age } }) => {
    if (!isExposed(config)) {
      const hasOne = config.apiKey !== null
      return ok(hasOne ? 'There is one in the configuration.' : 'Only this machine reaches it.')
    }
    const hasTables = database !== null && (age === 'current' || age === 'newer')
    const isKept =
      hasTables && (await hasActiveApiKey(database, await nowOf(database, machine.clock)))
    return isKept ? ok('There is one in the database.') : failed(exposureFault(config))
  })
}
