import { isLoopbackHost } from './domain/addresses/address-kind.ts'
import { CarillonError } from './domain/errors.ts'
import { shown } from './domain/validation.ts'

/** What of a request tells whether a browser sends it, and for which page. */
export interface BrowserRequest {
  method: string
  /** As in the header `Host`, with the port if it has one; empty where there is none. */
  host: string
  origin: string | undefined
  /** `Sec-Fetch-Site` (W3C Fetch Metadata), which pages cannot set. */
  fetchSite: string | undefined
}

export interface BrowserRulesOptions {
  /** What the service listens on. */
  host: string
  /** Names it may be called by; null for any, where more than this machine reaches it. */
  allowedHosts: readonly string[] | null
  /** Where people see it, if that is behind a proxy. */
  publicUrl: string | null
}

/** @throws CarillonError `host_not_allowed`, `cross_site_request` */
export type BrowserRules = (request: BrowserRequest) => void

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
const OWN_SITES = new Set(['same-origin', 'none'])

/**
 * Keeps web pages of others from using the service through a browser that reaches it. A name that
 * is not its own may have been made to lead here (DNS rebinding), and then a page may read, too;
 * whatever the name, only its own pages may write.
 */
export function createBrowserRules(options: BrowserRulesOptions): BrowserRules {
  const publicHost = options.publicUrl === null ? null : new URL(options.publicUrl).host
  const isOwnName = ownNames(options, publicHost)
  const isOwnOrigin = (origin: string, host: string): boolean => {
    // Null for the origin "null", that of a page without one, and for what is none.
    const from = URL.parse(origin)?.host ?? null
    return from !== null && (from === host || from === publicHost)
  }
  return ({ method, host, origin, fetchSite }) => {
    if (!isOwnName(host)) throw wrongHost(host)
    if (READS.has(method)) return
    // Over plain HTTP on a name of one's own, browsers send no Sec-Fetch-Site, but an Origin.
    const isOwnPage =
      fetchSite === undefined
        ? origin === undefined || isOwnOrigin(origin, host)
        : OWN_SITES.has(fetchSite)
    if (!isOwnPage) throw foreignPage(origin ?? fetchSite ?? '')
  }
}

function ownNames(
  { host, allowedHosts }: BrowserRulesOptions,
  publicHost: string | null
): (host: string) => boolean {
  if (allowedHosts === null && !isLoopbackHost(host)) return () => true
  const names = new Set([host, ...(allowedHosts ?? [])].map((name) => name.toLowerCase()))
  // Nearly all requests name it as the one before did, and to read an address takes a tenth of one.
  let lastOwn: string | null = null
  return (sent) => {
    if (sent === lastOwn) return true
    const name = nameOf(sent)
    const isOwn = isLoopbackHost(name) || names.has(name) || sent === publicHost
    if (isOwn) lastOwn = sent
    return isOwn
  }
}

/** The name in a `Host` header: without port and brackets. */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
}

function wrongHost(host: string): CarillonError {
  const message = `The host is ${shown(host)}, which is none of the names of this service; call it by "localhost", or add the name to CARILLON_ALLOWED_HOSTS.`
  return new CarillonError('host_not_allowed', message)
}

function foreignPage(from: string): CarillonError {
  const message = `This was sent by a page of another site (${shown(from)}), which may not change anything here; if it is yours behind a proxy, set CARILLON_PUBLIC_URL.`
  return new CarillonError('cross_site_request', message)
}
