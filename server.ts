import { readFileSync } from 'node:fs'
import process from 'node:process'
import Fastify, { LogController, type FastifyInstance } from 'fastify'
import app from './app.ts'
import { sendEarlyProblem } from './plugins/errors.ts'
import { appOf } from './plugins/instance.ts'
import { limitConnections, serverLimits } from './plugins/server-limits.ts'
import {
  optionsFromEnvironment,
  optionsFromFlags,
  parseConfig,
  shownConfig,
  type Config
} from './src/config.ts'
import { redacted } from './src/domain/secrets/redact.ts'
import { listShownOptions, sourcesOf, type Sources } from './src/shown-options.ts'
import { version } from './src/version.ts'

function readConfig(args: readonly string[]): { config: Config; sources: Sources } {
  const environment = optionsFromEnvironment(process.env, (path) => readFileSync(path, 'utf8'))
  const flags = optionsFromFlags(args)
  const sources = sourcesOf({ environment, flags })
  return { config: parseConfig({ ...environment, ...flags }), sources }
}

function createServer(config: Config): FastifyInstance {
  const server = Fastify({
    ...serverLimits(config),
    // Not pino's own redaction: by wildcards, it costs twenty times as much as the line itself.
    logger: { level: config.logLevel, formatters: { log: redacted } },
    // A database server that is starting, or a long migration, is waited for longer than Fastify does.
    pluginTimeout: 0,
    forceCloseConnections: 'idle',
    frameworkErrors: sendEarlyProblem,
    // A line a request would drown what matters; the metrics count them.
    logController: new LogController({ disableRequestLogging: true }),
    // A logger a request costs more than most requests; errors name theirs themselves.
    childLoggerFactory: (logger) => logger
  })
  limitConnections(server)
  return server
}

/** The first signal lets what runs come to its end; a second one ends the process at once. */
function stopOnSignals(server: FastifyInstance, config: Config): void {
  let stopping = false
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    // Nothing runs yet, and what it waits for may never come.
    if (!server.hasDecorator('scheduler')) process.exit(0)
    server.log.info({ signal, grace_ms: config.stopGraceMs }, 'Stopping.')
    try {
      // Before the server closes, so that /readyz can say so while runs come to their end.
      await appOf(server).scheduler.stop({ graceMs: config.stopGraceMs })
      await server.close()
      server.log.info('Stopped.')
      process.exit(0)
    } catch (error) {
      server.log.fatal({ err: error }, 'Stopping failed.')
      process.exit(1)
    }
  }
  process.on('SIGTERM', (signal) => void stop(signal))
  process.on('SIGINT', (signal) => void stop(signal))
}

/**
 * The process of the service: resolves when it listens; from then on signals end it.
 * @returns where it answers
 * @throws what keeps it from starting; nothing of it is left then
 */
export async function serve(flags: readonly string[]): Promise<string> {
  const { config, sources } = readConfig(flags)
  const server = createServer(config)
  server.log.info({ version, config: shownConfig(config) }, 'Starting Carillon.')
  stopOnSignals(server, config)
  await app(server, { config, shown: listShownOptions(config, { sources }), isService: true })
  try {
    return await server.listen({ host: config.host, port: config.port })
  } catch (error) {
    // It runs jobs since it is ready, which is before it listens: they must not count as crashed.
    await appOf(server).scheduler.stop({ graceMs: 0 })
    throw error
  }
}
