import { Type, type Static } from '@sinclair/typebox'
import { apiKeyFault } from './domain/api-key-text.ts'
import { isNetwork } from './domain/addresses/network.ts'
import { parseTargetRule } from './domain/addresses/target-rule.ts'
import { parseDuration } from './domain/duration.ts'
import { HIDDEN, words } from './domain/schema.ts'
import { secretKeyFault } from './domain/secrets/secret-key.ts'
import { didYouMean } from './domain/suggest.ts'
import { compileFaults, shown } from './domain/validation.ts'
import {
  invalid,
  readFlags,
  readVariables,
  variableOf as variableIn,
  variablesOf
} from './option-sources.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const duration = (fallback: string, description: string) =>
  Type.String({ default: fallback, description })
/** Several words in one text, separated by commas. */
const list = (description: string) =>
  Type.Union([Type.String(), Type.Null()], { default: null, description })
const secretText = (description: string) =>
  Type.Union([Type.String(HIDDEN), Type.Null()], {
    ...HIDDEN,
    default: null,
    secret: true,
    description
  })
const integer = (fallback: number, minimum: number, description: string) =>
  Type.Integer({ default: fallback, minimum, maximum: 1_000_000_000, description })

/**
 * Every option there is: its name in code, its default, and what it means. The environment
 * variable of an option is `CARILLON_` and its name in capitals, unless `env` says otherwise; its
 * flag is its name with hyphens.
 */
export const Options = Type.Object(
  {
    host: Type.String({
      default: 'localhost',
      env: 'HOST',
      description: 'Address to listen on; `localhost` is both loopback addresses.'
    }),
    port: Type.Integer({
      default: 8080,
      minimum: 0,
      maximum: 65_535,
      env: 'PORT',
      description: 'Port to listen on; 0 takes a free one.'
    }),
    database: Type.String({
      ...HIDDEN,
      default: 'sqlite:./carillon.db',
      env: 'DATABASE_URL',
      secret: true,
      description: 'Where jobs and runs are kept.'
    }),
    apiKey: secretText(
      'A key for everything; where others reach it, there must be this or one in the database.'
    ),
    secretKey: secretText('Seals the secrets of jobs: 32 bytes as base64, base64url or hex.'),
    previousSecretKey: secretText('Opens what was sealed by the key before.'),
    allowedHosts: list(
      'Names it may be called by, beside those of this machine; any, where others reach it.'
    ),
    publicUrl: Type.Union([Type.String(), Type.Null()], {
      default: null,
      description: 'Where people see it, if that is behind a proxy.'
    }),
    trustProxy: list('Addresses and networks of proxies, which say who sends a request.'),
    rateLimit: Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000_000 }), Type.Null()], {
      default: null,
      description: 'Requests a minute of each sender, 0 for any number; 300 where others reach it.'
    }),
    logLevel: words(LOG_LEVELS, {
      default: 'info',
      env: 'LOG_LEVEL',
      description: 'The least severe lines that are written.'
    }),
    maxConcurrentRuns: integer(256, 1, 'Runs that this process carries out at the same time.'),
    poolSize: integer(10, 2, 'Connections to PostgreSQL or MySQL at most.'),
    lease: duration('30s', 'A process silent for this long is taken for dead.'),
    heartbeat: duration('10s', 'How often the lease is renewed.'),
    retentionAge: duration('7d', 'How long records of finished runs are kept.'),
    retentionRuns: integer(1_000, 1, 'How many records are kept of each job.'),
    allowCommands: Type.Boolean({
      default: false,
      description: 'Whether jobs may start programs on this machine.'
    }),
    targetsAllow: list('Networks, addresses and names that targets may call, whatever they are.'),
    targetsDeny: list('Those that they may not; `*` is all that is not allowed.'),
    dashboard: Type.Boolean({
      default: true,
      description: 'Whether the page for people is served, under `ui/`.'
    }),
    title: Type.String({
      default: 'Carillon',
      minLength: 1,
      maxLength: 60,
      description: 'What the page calls the service, to tell it from others.'
    }),
    cacheJobs: integer(10_000, 0, 'Jobs kept in memory for reading; 0 turns the cache off.'),
    metricsJobLimit: integer(2_000, 0, 'Jobs that have metrics of their own.'),
    stopGrace: duration('30s', 'How long runs may go on when the process is told to stop.'),
    autoStart: Type.Boolean({
      default: true,
      description: 'Whether this process runs jobs; without, it only serves the API.'
    })
  },
  { additionalProperties: false }
)
export type Options = Static<typeof Options>

/** The options in force, durations in milliseconds. */
export interface Config extends Omit<
  Options,
  | 'lease'
  | 'heartbeat'
  | 'retentionAge'
  | 'stopGrace'
  | 'targetsAllow'
  | 'targetsDeny'
  | 'allowedHosts'
  | 'trustProxy'
> {
  allowedHosts: string[] | null
  /** Proxies by their addresses and networks; null for none. */
  trustProxy: string[] | null
  targetsAllow: string[]
  targetsDeny: string[]
  leaseMs: number
  heartbeatMs: number
  retentionAgeMs: number
  stopGraceMs: number
}

const findFaults = compileFaults(Options, 'config')

/** The environment variable of an option. */
export function variableOf(name: string): string {
  return variableIn(Options.properties, name)
}

/**
 * The configuration from the options given; everything else has its default.
 * @throws CarillonError `invalid_configuration`, naming option, value and fix
 */
export function parseConfig(options: Readonly<Record<string, unknown>>): Config {
  const complete = { ...defaults(), ...withoutUndefined(options) }
  const [fault] = findFaults(complete)
  if (fault !== undefined) throw invalid(fault.detail)
  const { lease, heartbeat, retentionAge, stopGrace, ...others } = complete as Options
  const { targetsAllow, targetsDeny, allowedHosts, trustProxy, ...rest } = others
  const keyFault = rest.apiKey === null ? null : apiKeyFault(rest.apiKey)
  if (keyFault !== null) throw invalid(`${variableOf('apiKey')} ${keyFault}.`)
  checkSecretKeys(rest)
  checkPublicUrl(rest.publicUrl)
  const config = {
    ...rest,
    allowedHosts: allowedHosts === null ? null : itemsOf(allowedHosts),
    trustProxy: trustProxy === null ? null : proxies(trustProxy),
    leaseMs: milliseconds('lease', lease),
    heartbeatMs: milliseconds('heartbeat', heartbeat),
    retentionAgeMs: milliseconds('retentionAge', retentionAge),
    stopGraceMs: milliseconds('stopGrace', stopGrace),
    targetsAllow: targetRules('targetsAllow', targetsAllow),
    targetsDeny: targetRules('targetsDeny', targetsDeny)
  }
  if (config.heartbeatMs * 2 > config.leaseMs) {
    throw invalid(
      `"heartbeat" is ${shown(heartbeat)}, but must be at most half of "lease", which is ${shown(lease)}.`
    )
  }
  return config
}

/**
 * The options that an environment sets. A secret may also be in a file, named by the variable with
 * `_FILE` appended.
 * @throws CarillonError `invalid_configuration` for an unknown `CARILLON_…` variable
 */
export function optionsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string
): Record<string, unknown> {
  refuseUnknown(Object.keys(environment))
  return readVariables(Options.properties, environment, readFile)
}

/**
 * The options that command-line flags set: `--port 9000` or `--port=9000`; a switch needs no value.
 * @throws CarillonError `invalid_configuration`
 */
export function optionsFromFlags(flags: readonly string[]): Record<string, unknown> {
  return readFlags(Options.properties, flags)
}

/** The configuration as it may be shown and logged: secrets left out. */
export function shownConfig(config: Config): Record<string, unknown> {
  const { database, apiKey, secretKey, previousSecretKey, publicUrl } = config
  return {
    ...config,
    database: withoutSecrets(database),
    publicUrl: publicUrl === null ? null : withoutSecrets(publicUrl),
    apiKey: hidden(apiKey),
    secretKey: hidden(secretKey),
    previousSecretKey: hidden(previousSecretKey)
  }
}

function hidden(secret: string | null): string | null {
  return secret === null ? null : '***'
}

/** A password may hold what ends the authority of a URL; then all up to the last @ is hidden. */
function withoutSecrets(url: string): string {
  const credentials = URL.canParse(url) ? /\/\/[^/?#]*@/ : /\/\/.*@/s
  return url.replace(credentials, '//***@').replaceAll(/(password=)[^&]*/gi, '$1***')
}

/** Of commands that call a service; the service itself does not look at it. */
const OF_CLIENTS = ['CARILLON_URL']

function refuseUnknown(variables: readonly string[]): void {
  const known = [...variablesOf(Options.properties), ...OF_CLIENTS]
  for (const variable of variables) {
    if (variable.startsWith('CARILLON_') && !known.includes(variable)) {
      throw invalid(`${variable} is not a known variable.${didYouMean(variable, known)}`)
    }
  }
}

function milliseconds(name: string, text: string): number {
  const parsed = parseDuration(text)
  if (parsed !== null && parsed > 0) return parsed
  throw invalid(`"${name}" is ${shown(text)}, but must be a duration such as "30s" or "7d".`)
}

function itemsOf(text: string): string[] {
  const items = text.split(',').map((item) => item.trim())
  return items.filter((item) => item !== '')
}

function checkSecretKeys({
  secretKey,
  previousSecretKey
}: Pick<Options, 'secretKey' | 'previousSecretKey'>): void {
  for (const [name, key] of Object.entries({ secretKey, previousSecretKey })) {
    const fault = key === null ? null : secretKeyFault(key)
    if (fault !== null) throw invalid(`${variableOf(name)} ${fault}.`)
  }
  if (previousSecretKey === null || secretKey !== null) return
  throw invalid(
    `${variableOf('previousSecretKey')} is set, but ${variableOf('secretKey')} is not; set that to the key that seals from now on.`
  )
}

function checkPublicUrl(text: string | null): void {
  if (text === null || /^https?:$/.test(URL.parse(text)?.protocol ?? '')) return
  throw invalid(
    `${variableOf('publicUrl')} is ${shown(text)}, but must be a URL such as "https://jobs.example.com".`
  )
}

/** Not their number: then whoever connects by himself would be taken for one of them. */
function proxies(text: string): string[] {
  const items = itemsOf(text)
  const wrong = items.find((item) => !isNetwork(item))
  if (wrong === undefined && items.length > 0) return items
  throw invalid(
    `${variableOf('trustProxy')} has ${shown(wrong ?? text)}, but must be addresses and networks of proxies, separated by commas, such as "10.0.0.0/8, ::1".`
  )
}

function targetRules(name: 'targetsAllow' | 'targetsDeny', text: string | null): string[] {
  const rules = itemsOf(text ?? '')
  const wrong = rules.find((rule) => parseTargetRule(rule) === null)
  if (wrong === undefined) return rules
  throw invalid(
    `${variableOf(name)} has ${shown(wrong)}, but must be networks, addresses or names, separated by commas, such as "10.0.0.0/8, *.internal.example:8443".`
  )
}

function defaults(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(Options.properties).map(([name, schema]) => [name, schema.default])
  )
}

function withoutUndefined(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
