import { env, versions } from 'node:process'
import type { Dispatcher } from 'undici'
import type { Config } from '../src/config.ts'
import type { Clock } from '../src/domain/clock.ts'
import { parseSecretKey } from '../src/domain/secrets/secret-key.ts'
import { createTargetPolicy } from '../src/domain/addresses/target-policy.ts'
import type { CacheNumbers, ShownOption } from '../src/domain/system.ts'
import type { Logger } from '../src/engine/attempt.ts'
import { identify } from '../src/engine/replica.ts'
import { createVault, type Vault } from '../src/engine/vault.ts'
import type { SchedulerOptions } from '../src/scheduler.ts'
import type { Database } from '../src/store/db.ts'
import { version } from '../src/version.ts'

/** How long another process's write may go unnoticed. */
const POLL_MS = 1_000

/** What a scheduler needs beside its configuration. */
export interface Surroundings {
  db: Database
  clock: Clock
  log: Logger
  /** For tests. */
  dispatcher?: Dispatcher | undefined
  /** Instead of a second, where nobody else can write. */
  pollMs?: number | undefined
  /** The options as they may be shown. */
  shown: readonly ShownOption[]
  /** The numbers of the cache; null without one. */
  cache(): CacheNumbers | null
  /** How far the clock of this machine is ahead of the one in force, in milliseconds. */
  clockSkewMs(): number
  /** Whether only this machine can ask for calls: then they may lead to its own network. */
  isLocal(): boolean
}

/** The options of a scheduler in this process, from its configuration. */
export function schedulerOptions(
  config: Config,
  { isLocal, dispatcher, pollMs = POLL_MS, shown, cache, clockSkewMs, ...parts }: Surroundings
): SchedulerOptions {
  const { targetsAllow: allow, targetsDeny: deny } = config
  return {
    ...parts,
    ...(dispatcher && { dispatcher }),
    identity: identify(version),
    facts: { node: versions.node, config: shown, cache, clockSkewMs },
    maxConcurrentRuns: config.maxConcurrentRuns,
    leaseMs: config.leaseMs,
    heartbeatMs: config.heartbeatMs,
    pollMs,
    vault: vaultOf(config),
    zoneData: versions['tz'] ?? 'unknown',
    ...(config.allowCommands && { commands: { environment: env } }),
    targetPolicy: createTargetPolicy({ allow, deny, isLocal }),
    retention: { ageMs: config.retentionAgeMs, perJob: config.retentionRuns }
  }
}

/** What seals and opens the secrets of jobs, by the keys of the configuration. */
export function vaultOf({
  secretKey,
  previousSecretKey
}: Pick<Config, 'secretKey' | 'previousSecretKey'>): Vault {
  const keyOf = (text: string | null): Buffer | null =>
    text === null ? null : parseSecretKey(text)
  return createVault({ current: keyOf(secretKey), previous: keyOf(previousSecretKey) })
}
