/** Plain Fastify answering what another server answers: `node bench/plain-server.ts <origin> <path>…`. */
import process from 'node:process'
import Fastify from 'fastify'

const [origin = '', ...paths] = process.argv.slice(2)
const server = Fastify()
for (const path of paths) {
  const answer = await fetch(origin + path)
  const type = answer.headers.get('content-type') ?? ''
  const body = await answer.text()
  // As the real one has it: the last segment, where it is a number, is a parameter.
  server.get(path.replace(/\/\d+$/, '/:id'), async (_request, reply) =>
    reply.header('content-type', type).send(body)
  )
}
process.on('SIGTERM', () => process.exit(0))
process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`)
