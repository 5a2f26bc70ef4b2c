/** Plain Fastify answering what another server answers: `node bench/plain-server.js <origin> <path>…`. */
import process from 'node:process'
import Fastify from 'fastify'

/** What each server says of the connection itself. */
const OF_CONNECTION = new Set(['connection', 'content-length', 'date', 'keep-alive'])

const [origin = '', ...paths] = process.argv.slice(2)
const server = Fastify()
for (const path of paths) {
  const answer = await fetch(origin + path)
  const headers = Object.fromEntries(
    [...answer.headers].filter(([name]) => !OF_CONNECTION.has(name))
  )
  const body = await answer.text()
  // As the real one has it: the last segment, where it is a number, is a parameter.
  server.get(path.replace(/\/\d+$/, '/:id'), async (_request, reply) =>
    reply.headers(headers).send(body)
  )
}
process.on('SIGTERM', () => process.exit(0))
process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`)
