import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A way to a database server on which connections are lost at will. */
export interface LossyProxy {
  /** The database, by this way. */
  url: string
  /** The next connection that tells the server to commit is lost: before it hears of it, or after. */
  loseCommit(when: 'before' | 'after'): void
  /** Connections that were lost so. */
  losses: number
}

/** Stands between a test and the server of a URL until the test ends. */
export async function createLossyProxy(t: Test, target: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(target)
  const state: { next: 'before' | 'after' | null } = { next: null }
  const sockets = new Set<Socket>()
  const proxy: LossyProxy = {
    url: '',
    losses: 0,
    loseCommit: (when) => {
      state.next = when
    }
  }
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    let isLost = false
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', end)
    }
    client.on('data', (bytes) => {
      if (state.next !== null && /\bcommit\b/.test(bytes.toString('latin1'))) {
        isLost = true
        proxy.losses++
        const when = state.next
        state.next = null
        if (when === 'before') return end()
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (isLost) end()
      else client.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = new URL(target)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  proxy.url = url.href
  return proxy
}
