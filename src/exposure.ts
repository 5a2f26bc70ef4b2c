import type { Config } from './config.ts'
import { isLoopbackHost } from './domain/addresses/address-kind.ts'

/** Why a service may not listen as it is configured: others could reach it, and use it freely; or null. */
export function exposureFault({ host, apiKey }: Config): string | null {
  if (isLoopbackHost(host) || apiKey !== null) return null
  return `HOST is "${host}", which others may reach, but there is no API key; set CARILLON_API_KEY, or use "localhost".`
}
