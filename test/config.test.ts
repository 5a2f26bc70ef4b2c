import { test } from 'tap'
import {
  Options,
  optionsFromEnvironment,
  optionsFromFlags,
  parseConfig,
  shownConfig,
  variableOf
} from '../src/config.ts'
import { flagOf } from '../src/option-sources.ts'

const noFile = (path: string): string => {
  throw new Error(`There is no ${path}.`)
}

/** What the process makes of an environment and its flags. */
function configOf(
  environment: Record<string, string | undefined> = {},
  flags: readonly string[] = [],
  readFile = noFile
) {
  return parseConfig({
    ...optionsFromEnvironment(environment, readFile),
    ...optionsFromFlags(flags)
  })
}

test('without anything set, every option has the default of the contract', (t) => {
  t.strictSame(configOf(), {
    host: 'localhost',
    port: 8080,
    database: 'sqlite:./carillon.db',
    apiKey: null,
    secretKey: null,
    previousSecretKey: null,
    allowedHosts: null,
    publicUrl: null,
    trustProxy: null,
    rateLimit: null,
    logLevel: 'info',
    maxConcurrentRuns: 256,
    poolSize: 10,
    leaseMs: 30_000,
    heartbeatMs: 10_000,
    retentionAgeMs: 7 * 86_400_000,
    retentionRuns: 1_000,
    allowCommands: false,
    targetsAllow: [],
    targetsDeny: [],
    dashboard: true,
    title: 'Carillon',
    cacheJobs: 10_000,
    metricsJobLimit: 2_000,
    stopGraceMs: 30_000,
    autoStart: true
  })
  t.end()
})

test('an option is set by its variable and by its flag, under the names of this table', (t) => {
  const table: Record<string, [variable: string, flag: string]> = {
    host: ['HOST', 'host'],
    port: ['PORT', 'port'],
    database: ['DATABASE_URL', 'database'],
    apiKey: ['CARILLON_API_KEY', 'api-key'],
    secretKey: ['CARILLON_SECRET_KEY', 'secret-key'],
    previousSecretKey: ['CARILLON_PREVIOUS_SECRET_KEY', 'previous-secret-key'],
    allowedHosts: ['CARILLON_ALLOWED_HOSTS', 'allowed-hosts'],
    publicUrl: ['CARILLON_PUBLIC_URL', 'public-url'],
    trustProxy: ['CARILLON_TRUST_PROXY', 'trust-proxy'],
    rateLimit: ['CARILLON_RATE_LIMIT', 'rate-limit'],
    logLevel: ['LOG_LEVEL', 'log-level'],
    maxConcurrentRuns: ['CARILLON_MAX_CONCURRENT_RUNS', 'max-concurrent-runs'],
    poolSize: ['CARILLON_POOL_SIZE', 'pool-size'],
    lease: ['CARILLON_LEASE', 'lease'],
    heartbeat: ['CARILLON_HEARTBEAT', 'heartbeat'],
    retentionAge: ['CARILLON_RETENTION_AGE', 'retention-age'],
    retentionRuns: ['CARILLON_RETENTION_RUNS', 'retention-runs'],
    allowCommands: ['CARILLON_ALLOW_COMMANDS', 'allow-commands'],
    targetsAllow: ['CARILLON_TARGETS_ALLOW', 'targets-allow'],
    targetsDeny: ['CARILLON_TARGETS_DENY', 'targets-deny'],
    dashboard: ['CARILLON_DASHBOARD', 'dashboard'],
    title: ['CARILLON_TITLE', 'title'],
    cacheJobs: ['CARILLON_CACHE_JOBS', 'cache-jobs'],
    metricsJobLimit: ['CARILLON_METRICS_JOB_LIMIT', 'metrics-job-limit'],
    stopGrace: ['CARILLON_STOP_GRACE', 'stop-grace'],
    autoStart: ['CARILLON_AUTO_START', 'auto-start']
  }
  const names = Object.keys(Options.properties)
  t.strictSame(
    Object.fromEntries(names.map((name) => [name, [variableOf(name), flagOf(name)]])),
    table
  )
  t.end()
})

test('every option says what it is for and has a default', (t) => {
  for (const [name, schema] of Object.entries(Options.properties)) {
    t.match(schema['description'], /^[A-Z].*\.$/, name)
    t.not(schema['default'], undefined, name)
  }
  t.end()
})

test('a flag beats the environment, which beats the default', (t) => {
  t.equal(configOf({ PORT: '9000' }).port, 9000)
  t.equal(configOf({ PORT: '9000' }, ['--port', '9001']).port, 9001)
  t.equal(configOf({}, ['--port=9001']).port, 9001)
  t.equal(configOf({ CARILLON_LEASE: '1m' }, ['--lease', '2m']).leaseMs, 120_000)
  t.equal(configOf({ PORT: undefined }).port, 8080)
  t.equal(configOf({}, ['--database', 'sqlite:a=b.db']).database, 'sqlite:a=b.db')
  t.end()
})

test('switches are read as they are usually written', (t) => {
  for (const [text, value] of [
    ['true', true],
    ['1', true],
    ['TRUE', true],
    ['false', false],
    ['0', false]
  ] as const) {
    t.equal(configOf({ CARILLON_AUTO_START: text }).autoStart, value, text)
    t.equal(configOf({}, [`--auto-start=${text}`]).autoStart, value, text)
  }
  t.end()
})

test('a switch needs no value', (t) => {
  t.equal(configOf({ CARILLON_AUTO_START: '0' }, ['--auto-start']).autoStart, true)
  const config = configOf({}, ['--auto-start', '--port', '9000'])
  t.match(config, { autoStart: true, port: 9000 })
  t.equal(configOf({}, ['--auto-start', 'false']).autoStart, false)
  t.end()
})

test('a secret is taken from a file, without the line break at its end', (t) => {
  const readFile = (path: string): string => (path === '/run/secret' ? 'sqlite:./a.db\n' : '')
  const config = configOf({ DATABASE_URL_FILE: '/run/secret' }, [], readFile)
  t.equal(config.database, 'sqlite:./a.db')
  t.end()
})

const KEY = 'k'.repeat(32)

test('an API key is what a header can carry, in any of the three places', (t) => {
  t.equal(configOf({ CARILLON_API_KEY: KEY }).apiKey, KEY)
  t.equal(configOf({ CARILLON_API_KEY_FILE: '/key' }, [], () => `${KEY}\n`).apiKey, KEY)
  t.equal(configOf({}, ['--api-key', KEY]).apiKey, KEY)
  for (const wrong of ['', 'secret', 's'.repeat(31), 's'.repeat(513), `${KEY} s`, `${KEY}ß`]) {
    t.throws(() => configOf({ CARILLON_API_KEY: wrong }), {
      code: 'invalid_configuration',
      message:
        'CARILLON_API_KEY must be 32 to 512 visible ASCII characters without spaces; make one with "openssl rand -base64 32".'
    })
  }
  t.end()
})

test('proxies are addresses and networks, separated by commas', (t) => {
  const proxiesOf = (text: string) => configOf({ CARILLON_TRUST_PROXY: text }).trustProxy
  t.strictSame(proxiesOf('10.0.0.1'), ['10.0.0.1'])
  t.strictSame(proxiesOf(' 10.0.0.0/8 , ::1,fd00::/8,'), ['10.0.0.0/8', '::1', 'fd00::/8'])
  for (const wrong of [
    '',
    ',',
    '1',
    '10',
    'true',
    'loopback',
    'proxy.internal',
    '10.0.0.0/33',
    '10.0/8',
    '::/x',
    '::1%lo'
  ]) {
    t.throws(() => proxiesOf(wrong), {
      code: 'invalid_configuration',
      message: /^CARILLON_TRUST_PROXY has .*, but must be addresses and networks of proxies/
    })
  }
  t.end()
})

test('keys of secrets are 32 bytes, in a file too, and no fault shows them', (t) => {
  const key = Buffer.alloc(32, 7).toString('base64')
  t.equal(configOf({ CARILLON_SECRET_KEY: key }).secretKey, key)
  t.equal(configOf({ CARILLON_SECRET_KEY_FILE: '/key' }, [], () => `${key}\n`).secretKey, key)
  const both = { CARILLON_SECRET_KEY: key, CARILLON_PREVIOUS_SECRET_KEY: key }
  t.equal(configOf(both).previousSecretKey, key)
  t.match(shownConfig(configOf(both)), { secretKey: '***', previousSecretKey: '***' })
  t.match(shownConfig(configOf()), { secretKey: null, previousSecretKey: null })
  for (const name of ['CARILLON_SECRET_KEY', 'CARILLON_PREVIOUS_SECRET_KEY']) {
    t.throws(() => configOf({ ...both, [name]: key.slice(4) }), {
      message: `${name} must be 32 bytes as base64, base64url or hex; make one with "openssl rand -base64 32".`
    })
  }
  t.throws(() => configOf({ CARILLON_PREVIOUS_SECRET_KEY: key }), {
    message: /PREVIOUS_SECRET_KEY is set, but CARILLON_SECRET_KEY is not/
  })
  for (const name of ['secretKey', 'previousSecretKey', 'apiKey', 'database']) {
    t.throws(() => parseConfig({ [name]: ['canary'] }), {
      message: `"${name}" is a value that is not shown, but must be a string.`
    })
  }
  t.end()
})

const REFUSED: [environment: Record<string, string>, flags: string[], says: RegExp][] = [
  [{ CARILLON_LEESE: '1m' }, [], /^CARILLON_LEESE is not .*Did you mean "CARILLON_LEASE"\?$/],
  [{ CARILLON_PORT: '1' }, [], /^CARILLON_PORT is not a known variable/],
  [{ CARILLON_: '1' }, [], /^CARILLON_ is not a known variable/],
  [{ PORT: '' }, [], /^"PORT" is "", but must be an integer from 0 to 65535/],
  [{ PORT: '80 80' }, [], /"PORT" is "80 80"/],
  [{ PORT: '1e4' }, [], /"PORT" is "1e4"/],
  [{ PORT: '80.5' }, [], /"PORT" is "80\.5"/],
  [{ PORT: '-1' }, [], /"PORT" is -1, but must lie between 0 and 65535/],
  [{ LOG_LEVEL: 'inf' }, [], /"LOG_LEVEL" is "inf", but must be one of .*Did you mean "info"\?/],
  [{ CARILLON_AUTO_START: 'yes' }, [], /"CARILLON_AUTO_START" is "yes", but must be a boolean/],
  [{ CARILLON_LEASE: '30' }, [], /"lease" is "30", but must be a duration such as "30s"/],
  [{ CARILLON_LEASE: '15s' }, [], /"heartbeat" is "10s", but must be at most half of "lease"/],
  [{ CARILLON_STOP_GRACE: '0s' }, [], /"stopGrace" is "0s"/],
  [{ CARILLON_RETENTION_RUNS: '0' }, [], /RETENTION_RUNS" is 0, but must lie between 1/],
  [{ CARILLON_CACHE_JOBS: '99999999999' }, [], /CACHE_JOBS" is 99999999999/],
  [{ DATABASE_URL: 'a', DATABASE_URL_FILE: 'b' }, [], /are both set; remove one/],
  [{ DATABASE_URL_FILE: '/no' }, [], /^DATABASE_URL_FILE is "\/no", which cannot be read/],
  [{}, ['--prot', '1'], /"--prot" is not a known flag\. Did you mean "--port"\?/],
  [{}, ['port', '1'], /^"port" is not a known flag/],
  [{}, ['-p', '1'], /^"-p" is not a known flag/],
  [{}, ['--port'], /^"--port" needs a value/],
  [{}, ['--port', '--lease'], /"--port" is "--lease"|"--port" needs a value/],
  [{}, ['--port='], /"--port" is ""/],
  [{ CARILLON_RATE_LIMIT: '-1' }, [], /"CARILLON_RATE_LIMIT" is -1, but must lie between 0 and/],
  [{}, ['--rate-limit', 'off'], /"--rate-limit" is "off", but must be an integer from 0/]
]

for (const [environment, flags, says] of REFUSED) {
  const what = JSON.stringify(environment) + flags.join(' ')
  test(`${what} is refused with the name, the value and the fix`, (t) => {
    t.throws(() => configOf(environment, flags), { code: 'invalid_configuration', message: says })
    t.end()
  })
}

test('variables of others are left alone', (t) => {
  t.doesNotThrow(() => configOf({ PATH: '/bin', HOSTNAME: 'x', PORTS: '1', carillon_x: '1' }))
  t.end()
})

test('what is shown of a configuration holds no password and no key', (t) => {
  t.equal(shownConfig(configOf())['apiKey'], null)
  t.equal(shownConfig(configOf({ CARILLON_API_KEY: KEY }))['apiKey'], '***')
  for (const url of ['postgres://user:s3cret@host/db', 'mysql://root:s3cret@host:1/x?a=b@c']) {
    const config = { ...configOf(), database: url }
    t.notMatch(JSON.stringify(shownConfig(config)), 's3cret')
    t.match(shownConfig(config), { port: 8080, database: /host/ })
  }
  const odd = { ...configOf(), database: 'postgres://user:s3c/re@t@host/db?password=s3cret' }
  t.notMatch(JSON.stringify(shownConfig(odd)), /s3c/)
  t.end()
})
