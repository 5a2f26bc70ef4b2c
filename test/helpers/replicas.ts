import Fastify from 'fastify'
import type { Test } from 'tap'
import app from '../../app.ts'
import { appOf, type App } from '../../plugins/instance.ts'
import { parseConfig, type Options } from '../../src/config.ts'
import type { Handler } from '../../src/engine/targets/handler.ts'

export interface Replica {
  app: App
  /** Lines of the log, parsed. */
  lines: readonly Record<string, unknown>[]
  request(call: string, body?: object): Promise<{ status: number; body: unknown }>
  close(): Promise<void>
}

/** One replica of the service on a shared database, in this process and on the real clock. */
export async function startReplica(
  t: Test,
  { handlers = {}, ...config }: Partial<Options> & { handlers?: Record<string, Handler> }
): Promise<Replica> {
  const lines: Record<string, unknown>[] = []
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) }
  const server = Fastify({ logger: { level: 'debug', stream } })
  await app(server, { config: parseConfig({ stopGrace: '1s', ...config }), handlers })
  t.teardown(() => server.close())
  await server.ready()
  return {
    app: appOf(server),
    lines,
    close: () => server.close(),
    request: async (call, body) => {
      const [method = 'GET', url = '/'] = call.split(' ')
      const answer = await server.inject({
        method: method as 'GET',
        url,
        ...(body !== undefined && { payload: body })
      })
      const text = answer.payload
      return { status: answer.statusCode, body: text === '' ? null : JSON.parse(text) }
    }
  }
}
