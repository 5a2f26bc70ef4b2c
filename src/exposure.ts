import type { Config } from './config.ts'
import { isLoopbackHost } from './domain/addresses/address-kind.ts'

/** Whether others reach a service that is configured so, and no key of the configuration keeps them out. */
export function isExposed({ host, apiKey }: Pick<Config, 'host' | 'apiKey'>): boolean {
  return apiKey === null && !isLoopbackHost(host)
}

/** Why a service that is exposed may not listen when its database has no key either. */
export function exposureFault({ host }: Pick<Config, 'host'>): string {
  return `HOST is "${host}", which others may reach, but there is no API key; make one with "carillon keys create", set CARILLON_API_KEY, or use "localhost".`
}
