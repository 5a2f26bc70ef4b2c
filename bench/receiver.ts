/** Answers every request with 204: `node bench/receiver.js`, started by the bench. */
import { createServer } from 'node:http'
import process from 'node:process'

const server = createServer((request, response) => {
  request.resume()
  response.writeHead(204).end()
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
