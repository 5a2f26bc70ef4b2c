import { isLoopbackHost } from '../../src/domain/addresses/address-kind.ts'
import { createTargetPolicy, type TargetPolicy } from '../../src/domain/addresses/target-policy.ts'
import type { Db } from '../../src/store/db.ts'
import { listHttpJobs } from '../../src/store/http-jobs.ts'
import { decodeInput } from '../../src/store/job-codec.ts'
import { ok, warning, type Check, type Machine } from './check.ts'
import { inTime } from './in-time.ts'
import { withTables } from './needs.ts'

const MAX_HOSTS = 100
/** The first jobs are looked through for hosts, in batches. */
const BATCH = 500
const MAX_JOBS = 10_000
const LOOKUP_MS = 3_000
/** Faults that are told in full. */
const TOLD = 5

/** Whether the hosts that enabled jobs call have addresses, and may be called. */
export const targets: Check = {
  name: 'targets',
  run: withTables(async (database, { config, machine }) => {
    const { targetsAllow: allow = [], targetsDeny: deny = [], host = 'localhost' } = config ?? {}
    const policy = createTargetPolicy({ allow, deny, isLocal: () => isLoopbackHost(host) })
    const urls = await findUrls(database)
    if (urls.length === 0) return ok('No enabled job calls a host.')
    const found = await Promise.all(urls.map((url) => faultOf(url, { policy, machine })))
    const faults = found.filter((fault) => fault !== null)
    const hosts = urls.length === 1 ? '1 host' : `${urls.length} hosts`
    if (faults.length === 0) return ok(`${hosts} of jobs can be found, and may be called.`)
    const more = faults.length > TOLD ? ` And ${faults.length - TOLD} more like these.` : ''
    return warning(`${faults.slice(0, TOLD).join(' ')}${more}`)
  })
}

/** One URL for each host and port. */
async function findUrls(db: Db): Promise<URL[]> {
  const urls = new Map<string, URL>()
  let afterId = 0
  for (let looked = 0; looked < MAX_JOBS && urls.size < MAX_HOSTS; looked += BATCH) {
    const jobs = await listHttpJobs(db, { afterId, limit: BATCH })
    for (const { definition } of jobs) {
      const { target } = decodeInput(definition)
      const url = target?.type === 'http' ? URL.parse(target.url) : null
      if (url !== null && urls.size < MAX_HOSTS) urls.set(url.host, url)
    }
    const last = jobs.at(-1)
    if (last === undefined || jobs.length < BATCH) break
    afterId = last.id
  }
  return [...urls.values()]
}

async function faultOf(
  url: URL,
  { policy, machine }: { policy: TargetPolicy; machine: Machine }
): Promise<string | null> {
  const fault = policy.urlFault(url)
  if (fault !== null) return fault
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = await inTime<string[] | string>(
    machine.lookup(host).catch(() => `The target ${host} has no address; check the URL.`),
    LOOKUP_MS,
    () => `The target ${host} was looked up for ${LOOKUP_MS / 1_000} s in vain; check the resolver.`
  )
  if (typeof addresses === 'string') return addresses
  const faults = addresses.map((address) => policy.addressFault(url, address))
  return faults.find((one) => one !== null) ?? null
}
