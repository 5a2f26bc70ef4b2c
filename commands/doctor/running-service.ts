import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

const ANSWER_MS = 2_000

const Live = Type.Object({ status: Type.Literal('live') })
const Described = Type.Object({ info: Type.Object({ version: Type.String() }) })

/** A service that listens somewhere. */
export interface RunningService {
  url: string
  /** Null where it does not tell without a key. */
  version: string | null
}

/** The Carillon that listens at an address; null where something else does. No key is sent to it. */
export async function findCarillon(address: string, port: number): Promise<RunningService | null> {
  const url = `http://${reachable(address)}:${port}`
  if (!Value.Check(Live, await ask(`${url}/livez`))) return null
  const description = await ask(`${url}/openapi.json`)
  const version = Value.Check(Described, description) ? description.info.version : null
  return { url, version }
}

/** What listens at every address of this machine answers at its own, too. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  if (address === '::') return '[::1]'
  return address.includes(':') ? `[${address}]` : address
}

async function ask(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS)
    })
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}
