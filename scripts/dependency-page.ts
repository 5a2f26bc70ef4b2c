import { directNames, runtimeTree, type RuntimePackage } from './runtime-tree.ts'

/** Why each of the packages that we name is worth having. */
const REASONS: Readonly<Record<string, string>> = {
  '@fastify/autoload': 'Fastify’s own: each file of `routes/` is a route.',
  '@fastify/rate-limit': 'Fastify’s own: counts requests of a sender, bounded in memory.',
  '@fastify/sensible': 'Fastify’s own: HTTP errors by their names.',
  '@fastify/static': 'Fastify’s own: sends the files of the dashboard, with ranges and caching.',
  '@fastify/swagger': 'Fastify’s own: OpenAPI from the schemas of the routes.',
  '@fastify/swagger-ui': 'Fastify’s own: the page of the API, which works under a strict policy.',
  '@fastify/type-provider-typebox': 'Types of requests from their schemas; no code of its own.',
  '@opentelemetry/api': 'Traces, where the application has an SDK; does nothing otherwise.',
  '@prometheus-io/client': 'Metrics in the text format of Prometheus.',
  '@sinclair/typebox': 'Each schema said once, as a type and as a check.',
  'better-sqlite3': 'SQLite, with prebuilt binaries in the package.',
  croner: 'Searches the calendar for a cron pattern.',
  fastify: 'The HTTP server.',
  'fastify-metrics': 'Metrics of the Node process.',
  'fastify-plugin': 'Plugins that share a context.',
  'ipaddr.js': 'Knows the ranges of addresses and reads every notation, so that none leads inside.',
  kysely: 'SQL with types, for three databases.',
  'lru-cache': 'The cache of jobs, bounded.',
  undici: 'Calls targets; every connection can be looked at before it is used.',
  yaml: 'Manifests as people write them.'
}

function direct({ name, license }: RuntimePackage): string[] {
  return [`\`${name}\``, license, REASONS[name] ?? '']
}

function brought({ name, license }: RuntimePackage): string[] {
  const needing = runtimeTree.filter(({ needs }) => needs.includes(name)).map((one) => one.name)
  return [`\`${name}\``, license, [...new Set(needing)].map((one) => `\`${one}\``).join(', ')]
}

/** Two versions of a package are one row. */
function unique(rows: string[][]): string[][] {
  return [...new Map(rows.map((row) => [row.join(), row])).values()]
}

const isDirect = ({ name }: RuntimePackage): boolean => directNames.includes(name)

/** The rows of the table of what we name ourselves: name, licence, reason. */
export const directRows = unique(runtimeTree.filter(isDirect).map(direct))
/** The rows of the table of what those bring: name, licence, who needs it. */
export const broughtRows = unique(runtimeTree.filter((one) => !isDirect(one)).map(brought))
