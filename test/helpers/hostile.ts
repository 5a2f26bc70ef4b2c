import { KindGuard, type TSchema } from '@sinclair/typebox'
import type { RouteOptions } from 'fastify'
import { JobPatch } from '../../src/domain/job.ts'

/** Stands for where a hostile value goes. */
const HOLE = '@@'
const LONG = 'x'.repeat(10_000)

/** Hostile values as JSON text, so that what no JavaScript value can say can be sent too. */
export const VALUES: readonly string[] = [
  String.raw`"'; drop table jobs; --"`,
  String.raw`"1 or 1=1) union all (values (1)) /*"`,
  String.raw`"\" or \"\"=\""`,
  String.raw`"%_\\%"`,
  '"../../../../etc/passwd"',
  String.raw`"..\\..\\windows"`,
  '"file:///etc/passwd"',
  '"{{7*7}} ${7*7} <%= 7*7 %> #{7*7}"',
  '"$(id) `id` | id; id & id"',
  '"<script>alert(1)</script><!--"',
  String.raw`"a\u0000b"`,
  String.raw`"\ud800"`,
  String.raw`"\udc00\ud800"`,
  String.raw`"\u202eevil\u200f\u2066"`,
  String.raw`"\u001b[2J\u001b[31m"`,
  String.raw`"a\r\nX-Injected: 1"`,
  String.raw`"a\u2028b\u2029c"`,
  '"%00%0a%c0%af"',
  String.raw`"\ufeffbom\ufffe\uffff"`,
  '"\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f600}"',
  '"e\u0301 \u00e9 \u{1d54f} \u0130\u0131 \u00df"',
  '" padded "',
  '"\u00a0\u3000"',
  '"__proto__"',
  '"constructor"',
  '"null"',
  '"NaN"',
  '""',
  `"${LONG}"`,
  `"${'\u{1f600}'.repeat(3_000)}"`,
  'null',
  'true',
  '-0',
  '1e300',
  '1e-400',
  '5e-324',
  '0.1',
  '9007199254740991',
  '[]',
  '{}',
  '[[["a"]]]',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"toString":null,"hasOwnProperty":1,"length":-1}',
  `{"type":"log","a":1}`
]

/** A place in a body, and a body that is right everywhere else. */
interface Hole {
  path: readonly (string | number)[]
  /** Holds {@link HOLE} at that place, as a value or as the name of a field. */
  value: unknown
}

function objectOf(schema: TSchema): Record<string, unknown> {
  const properties: Record<string, TSchema> = schema['properties'] ?? {}
  const required: readonly string[] = schema['required'] ?? []
  return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name])]))
}

/** Something that the schema takes. */
function sampleOf(schema: TSchema | undefined): unknown {
  const [variant] = (schema?.['anyOf'] ?? []) as readonly TSchema[]
  if (variant !== undefined) return sampleOf(variant)
  if (schema?.['const'] !== undefined) return schema['const']
  switch (schema?.['type']) {
    case 'object':
      return objectOf(schema)
    case 'array':
      return []
    case 'integer':
      return schema['minimum'] ?? 1
    case 'boolean':
      return false
    default:
      return schema?.['examples']?.[0] ?? 'http://127.0.0.1:9/'
  }
}

/** Every place that a schema has, to any depth. */
function* holesOf(schema: TSchema): Iterable<Hole> {
  yield { path: [], value: HOLE }
  for (const variant of (schema['anyOf'] ?? []) as readonly TSchema[]) yield* holesOf(variant)
  if (schema['type'] === 'array') {
    for (const { path, value } of holesOf(schema['items'])) {
      yield { path: [0, ...path], value: [value] }
    }
  }
  if (schema['type'] !== 'object') return
  const others = objectOf(schema)
  yield { path: [HOLE], value: { ...others, [HOLE]: 'value' } }
  if ('patternProperties' in schema) yield { path: ['x-own'], value: { 'x-own': HOLE } }
  for (const [name, property] of Object.entries((schema['properties'] ?? {}) as object)) {
    for (const { path, value } of holesOf(property as TSchema)) {
      yield { path: [name, ...path], value: { ...others, [name]: value } }
    }
  }
}

/** What makes a body right that its schema alone does not tell. */
const BASES: Readonly<Record<string, object>> = {
  create_job: { name: 'n', schedule: '@daily' },
  replace_job: { name: 'n', schedule: '@daily' },
  put_job: { name: 'n', schedule: '@daily' },
  apply_jobs: { jobs: [] },
  import_crontab: { crontab: '0 0 1 1 * true' },
  bulk_jobs: { action: 'pause', filter: { ids: [1] } },
  test_target: { target: { type: 'http', url: 'http://127.0.0.1:9/' } },
  preview_schedule: { schedule: '@daily' },
  create_key: { name: 'n', scopes: ['read'] },
  backfill_job: { from: '2025-12-01T00:00:00Z', to: '2025-12-02T00:00:00Z', dry_run: true }
}

/** A request that means no good. */
export interface HostileRequest {
  operation: string
  method: string
  url: string
  headers: Record<string, string>
  payload: string | Buffer | undefined
  /** Where in the body the value is, and the value; null where it is not in the body. */
  sent: { path: Hole['path']; value: unknown } | null
}

function schemaOf(route: RouteOptions, part: 'body' | 'querystring' | 'params'): TSchema | null {
  // The schema of the route says only that it is an object.
  if (part === 'body' && route.config?.operation === 'update_job') return JobPatch
  const schema = route.schema?.[part]
  return KindGuard.IsSchema(schema) ? schema : null
}

/** They take a job or its target, as `create_job` does: there, each place is tried with some of the values. */
const SHARING = new Set(['replace_job', 'put_job', 'apply_jobs', 'test_target'])
const SHARED_STEP = 4

const JSON_TYPE = { 'content-type': 'application/json' }

function blank(route: RouteOptions): HostileRequest {
  const operation = route.config?.operation ?? 'unknown'
  const url = route.url.replace(':id', '1').replace(/:\w+/, 'kept')
  const hasBody = schemaOf(route, 'body') !== null
  const payload = hasBody ? JSON.stringify(BASES[operation] ?? {}) : undefined
  const headers = hasBody ? JSON_TYPE : {}
  return { operation, method: String(route.method), url, headers, payload, sent: null }
}

/** Every place of the body of a route with every value. */
export function* hostileBodies(route: RouteOptions): Iterable<HostileRequest> {
  const schema = schemaOf(route, 'body')
  if (schema === null) return
  const request = blank(route)
  const base = BASES[request.operation] ?? {}
  const seen = new Set<string>()
  for (const { path, value } of holesOf(schema)) {
    const body = path.length === 0 ? value : { ...base, ...(value as object) }
    const text = JSON.stringify(body)
    if (seen.has(text)) continue
    seen.add(text)
    const step = SHARING.has(request.operation) ? SHARED_STEP : 1
    for (const fragment of VALUES.filter((_, index) => (index + seen.size) % step === 0)) {
      const isName = path.at(-1) === HOLE
      if (isName && !fragment.startsWith('"')) continue
      const payload = text.replace(`"${HOLE}"`, () => fragment)
      yield { ...request, payload, sent: isName ? null : { path, value: JSON.parse(fragment) } }
    }
  }
}

/** Bodies that are wrong as a whole: bytes that are no UTF-8, no JSON, or too much of it. */
export function* hostileTexts(route: RouteOptions): Iterable<HostileRequest> {
  if (schemaOf(route, 'body') === null) return
  const request = blank(route)
  const around = (bytes: readonly number[]) =>
    Buffer.concat([
      Buffer.from('{"schedule":"@daily","name":"a'),
      Buffer.from(bytes),
      Buffer.from('"}')
    ])
  const payloads = [
    ...[[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]].map(
      around
    ),
    around([0]),
    Buffer.from(`\ufeff${String(request.payload)}`),
    Buffer.from(`\ufeff${String(request.payload)}`, 'utf16le'),
    '[',
    '{"name":"a","name":"b","schedule":"@daily","schedule":"@hourly"}',
    '{"__proto__":{"polluted":1}}',
    '{"a":{"__proto__":{"polluted":1}}}',
    '{"params":1e400}',
    '{"params":9007199254740993}',
    '['.repeat(100_000),
    '{"a":'.repeat(100_000),
    `${'['.repeat(100_000)}1234567890123456${']'.repeat(100_000)}`,
    `{"params":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    JSON.stringify({ name: 'x'.repeat(1_000_000) })
  ]
  for (const payload of payloads) yield { ...request, payload }
}

const TEXTS = VALUES.map((value): unknown => JSON.parse(value)).filter(
  (value): value is string => typeof value === 'string'
)

/** As it may stand in a path or a query: what cannot be encoded goes as the bytes it would have. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'
}

const RAW_TEXTS = ['%00', '%c0%af', '%zz', '%', '..%2f..%2f', '.%00.', '%F0%9F%98', '+']

function cursorOf(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Values inside of what is opaque to clients, who may still take it apart. */
const CURSORS = [...TEXTS, null, 1e300, -0, {}, 1.5].flatMap((value) =>
  [[value], [value, 1], [1, value], value].map(cursorOf)
)

/** What is read of a request, by its method. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  GET: ['if-none-match', 'last-event-id'],
  POST: ['idempotency-key']
}

/** Every parameter of the path and the query of a route, and every header that we read. */
export function* hostileParameters(route: RouteOptions): Iterable<HostileRequest> {
  const request = blank(route)
  const texts = [...TEXTS.map(encoded), ...RAW_TEXTS]
  for (const name of Object.keys(schemaOf(route, 'params')?.['properties'] ?? {})) {
    for (const text of texts) yield { ...request, url: route.url.replace(`:${name}`, text) }
  }
  for (const name of Object.keys(schemaOf(route, 'querystring')?.['properties'] ?? {})) {
    const values = name === 'cursor' ? [...texts, ...CURSORS] : texts
    for (const text of values) {
      yield { ...request, url: `${request.url}?${name}=${text}` }
      if (name === 'cursor') yield { ...request, url: `${request.url}?sort=name&${name}=${text}` }
    }
  }
  for (const text of texts) yield { ...request, url: `${request.url}?${text}=1` }
  for (const name of HEADERS[request.method] ?? ['if-match']) {
    for (const text of TEXTS) {
      yield { ...request, headers: { ...request.headers, [name]: text } }
    }
  }
}
