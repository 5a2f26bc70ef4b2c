import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'
import { createCommitWatch } from './commit-watch.ts'
import type { ServerKind } from './server-databases.ts'

/**
 * `refuse`: nothing listens. `hang`: connections are accepted and stay as they are, and no byte goes
 * either way, as behind a firewall that drops packets.
 */
export type ProxyBehaviour = 'forward' | 'refuse' | 'hang'

/** When a connection is lost: before a COMMIT reaches the server, or before its reply the client. */
export type CommitLoss = 'before' | 'after'

/** Stands between a client and a database server, and does what networks do. */
export interface TcpProxy {
  /** The URL of the same database, through the proxy. */
  url: string
  behave(how: ProxyBehaviour): Promise<void>
  /** Ends every connection there is, on both sides. */
  cut(): void
  /** Leaves what hangs now as it is for good: only connections to come behave otherwise. */
  abandon(): void
  /** From now on a connection whose client sends this falls silent. */
  silenceAt(text: string): void
  /** Loses the answer to the next piece that has this in it, with the connection. */
  loseAnswerTo(text: string): void
  /** Holds back every piece for this long, in each direction. */
  delay(ms: number): void
  /**
   * Asks for each COMMIT whether to lose it: both connections end, before the server hears of it, or
   * after it has carried it out, and the client never learns what became of it. Null never asks.
   * `afterwards` is called once the connections have ended.
   */
  loseCommits(chooses: (() => CommitLoss | null) | null, afterwards?: () => void): void
  /** How many commits and answers were lost. */
  lost(): number
  openConnections(): number
}

interface Connection {
  client: Socket
  server: Socket
  /** While it hangs, neither side learns that the other one has gone. */
  hangs: boolean
}

/** A proxy before the server of this database URL; it is closed when the test ends. */
export async function createTcpProxy(
  t: Test,
  kind: ServerKind,
  databaseUrl: string
): Promise<TcpProxy> {
  const target = new URL(databaseUrl)
  const connections = new Set<Connection>()
  const hanging = new Set<Socket>()
  const abandoned = new Set<Socket>()
  let behaviour: ProxyBehaviour = 'forward'
  let delayMs = 0
  let silencing: string | null = null
  let unanswered: string | null = null
  let chooses: (() => CommitLoss | null) | null = null
  let afterLoss = (): void => undefined
  let lost = 0
  let isClosed = false

  const end = (connection: Connection): void => {
    connections.delete(connection)
    connection.client.destroy()
    connection.server.destroy()
  }

  const pass = (piece: Buffer, to: Socket): void => {
    const write = (): boolean => !to.destroyed && to.write(piece)
    if (delayMs === 0) write()
    else setTimeout(write, delayMs)
  }

  const join = (client: Socket): void => {
    const server = connect({ host: target.hostname, port: Number(target.port), noDelay: true })
    const connection: Connection = { client, server, hangs: false }
    connections.add(connection)
    const watch = createCommitWatch(kind)
    let swallowing = false
    const lose = (): void => {
      lost++
      end(connection)
      afterLoss()
    }
    client.on('data', (piece) => {
      if (silencing !== null && piece.includes(silencing)) {
        client.pause()
        return
      }
      const loss = watch(piece) ? chooses?.() : null
      if (loss === 'before') return lose()
      if (unanswered !== null && piece.includes(unanswered)) {
        unanswered = null
        swallowing = true
      }
      if (loss === 'after') swallowing = true
      pass(piece, server)
    })
    server.on('data', (piece) => {
      if (swallowing) lose()
      else pass(piece, client)
    })
    const onGone = (): void => {
      if (!connection.hangs) end(connection)
    }
    for (const socket of [client, server]) {
      socket.on('error', onGone)
      socket.on('close', onGone)
    }
  }

  const accept = (client: Socket): void => {
    client.setNoDelay(true)
    if (behaviour === 'forward') return join(client)
    client.on('error', () => undefined)
    hanging.add(client)
  }

  const listener = createServer(accept)
  const port = await listen(listener, 0)
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(port)

  const cut = (): void => {
    for (const connection of connections) end(connection)
    for (const socket of [...hanging, ...abandoned]) socket.destroy()
    hanging.clear()
    abandoned.clear()
  }

  const proxy: TcpProxy = {
    url: url.href,
    cut,
    silenceAt: (text) => {
      silencing = text
    },
    loseAnswerTo: (text) => {
      unanswered = text
    },
    abandon: () => {
      for (const { client, server } of connections) abandoned.add(client).add(server)
      for (const socket of hanging) abandoned.add(socket)
      connections.clear()
      hanging.clear()
    },
    behave: async (how) => {
      // A test may have arranged for it before it ended.
      if (isClosed) return
      behaviour = how
      if (how === 'refuse') {
        listener.close()
        cut()
        return
      }
      for (const connection of connections) {
        const { client, server } = connection
        connection.hangs = how === 'hang'
        if (client.destroyed || server.destroyed) end(connection)
        for (const socket of [client, server]) {
          if (how === 'hang') socket.pause()
          else socket.resume()
        }
      }
      if (!listener.listening) await listen(listener, port)
      // Whoever connected meanwhile was never connected to anything.
      for (const socket of hanging) if (how === 'forward') socket.destroy()
    },
    delay: (ms) => {
      delayMs = ms
    },
    loseCommits: (choice, afterwards = () => undefined) => {
      chooses = choice
      afterLoss = afterwards
    },
    lost: () => lost,
    openConnections: () => connections.size
  }
  t.teardown(() => {
    isClosed = true
    listener.close()
    cut()
  })
  return proxy
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
