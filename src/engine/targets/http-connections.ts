import { Socket } from 'node:net'
import { Agent, Client, Pool, type buildConnector, type Dispatcher } from 'undici'
import type { TargetPolicy } from '../../domain/addresses/target-policy.ts'
import { guardedConnector } from './guarded-connector.ts'
import { Exchange } from './http-exchange.ts'

type Connector = buildConnector.connector

/** How connections to targets are made and kept. */
export interface ConnectionOptions {
  /** The most connections to one origin; further requests wait for one of them. */
  maxConnectionsPerOrigin: number
  /** How long making a connection may take, name lookup and TLS included. */
  connectTimeoutMs: number
  /** How long an unused connection is kept, unless the server named a shorter time. */
  keepAliveMs: number
  /** Where connections may lead. */
  policy: TargetPolicy
  /** Makes the connections to an origin instead; must return the socket at once. For tests. */
  connector?: ((origin: URL) => Connector) | undefined
}

/** Keep-alive connections to any number of origins. */
export interface Connections {
  dispatcher: Dispatcher
  /** Closes every connection at once; requests under way fail. */
  close(): Promise<void>
}

/** The largest header block of a response, in bytes; larger ones end the connection. */
export const MAX_RESPONSE_HEADER_BYTES = 16_384

/** Connections that carry one request at a time, so that aborting a request ends its socket. */
export function createConnections(options: ConnectionOptions): Connections {
  const connecting = new Set<Socket>()
  const { policy, connectTimeoutMs: timeoutMs, maxConnectionsPerOrigin } = options
  const connectorOf =
    options.connector ?? ((origin) => guardedConnector(origin, { policy, timeoutMs }))
  const agent = new Agent({
    factory: (origin) => {
      const connector = track(connectorOf(new URL(origin)), connecting)
      const factory = (one: URL): Client => createClient(one, { options, connector })
      return new Pool(origin, { connections: maxConnectionsPerOrigin, factory })
    }
  })
  return {
    dispatcher: agent,
    async close() {
      const closed = agent.destroy()
      for (const socket of connecting) socket.destroy(new Error('The scheduler stopped.'))
      await closed
    }
  }
}

type SocketConnector = (
  options: buildConnector.Options,
  callback: buildConnector.Callback
) => Socket | null

/** Keeps each socket in the set until it is connected or has failed. */
function track(connector: Connector, connecting: Set<Socket>): SocketConnector {
  return (options, callback) => {
    let socket: Socket | null = null
    // The declared type hides it, but undici's own connector returns the socket.
    const made: unknown = connector(options, (...result) => {
      if (socket !== null) connecting.delete(socket)
      callback(...result)
    })
    if (!(made instanceof Socket)) return null
    socket = made
    connecting.add(socket)
    return socket
  }
}

interface ClientParts {
  options: ConnectionOptions
  connector: SocketConnector
}

/**
 * undici cannot end a connection that is still being made for a request: the request waits in the
 * client until there is a connection to abort. So each request learns how to destroy that socket.
 */
function createClient(origin: URL, { options, connector }: ClientParts): Client {
  let connecting: Socket | null = null
  const client = new Client(origin, {
    ...clientOptions(options),
    connect(target, callback) {
      connecting = connector(target, (...result) => {
        connecting = null
        callback(...result)
      })
    }
  })
  const stopConnecting = (): void => {
    connecting?.destroy(new Error('The request was aborted while connecting.'))
  }
  const dispatch = client.dispatch.bind(client)
  client.dispatch = (request, handler) => {
    if (handler instanceof Exchange) {
      // It was aborted while it waited for a free connection: the next one may have this.
      if (handler.settled) return true
      handler.onAssigned(stopConnecting)
    }
    return dispatch(request, handler)
  }
  return client
}

/** No timeouts but the caller's: undici's own begin anew with every byte that arrives. */
function clientOptions({ keepAliveMs }: ConnectionOptions): Client.Options {
  return {
    allowH2: false,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxHeaderSize: MAX_RESPONSE_HEADER_BYTES
  }
}
