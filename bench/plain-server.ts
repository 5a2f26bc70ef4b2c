/** Plain Fastify answering what another server answers: `node bench/plain-server.js <origin>`. */
import process from 'node:process'
import Fastify from 'fastify'
import { REQUESTS, send } from './requests.ts'

/** What each server says of the connection itself. */
const OF_CONNECTION = new Set(['connection', 'content-length', 'date', 'keep-alive'])

const [origin = ''] = process.argv.slice(2)
const server = Fastify()
for (const request of REQUESTS) {
  const answer = await send(origin, request)
  const headers = Object.fromEntries(
    [...answer.headers].filter(([name]) => !OF_CONNECTION.has(name))
  )
  const body = await answer.text()
  server.route({
    method: request.method,
    // As the real one has it: the last segment, where it is a number, is a parameter.
    url: request.path.replace(/\/\d+$/, '/:id'),
    handler: async (_request, reply) => reply.code(answer.status).headers(headers).send(body)
  })
}
process.on('SIGTERM', () => process.exit(0))
process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`)
