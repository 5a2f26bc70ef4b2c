import process from 'node:process'
import { messageOf } from '../src/domain/errors.ts'
import { skipReasons, type DatabaseKind } from '../test/helpers/server-databases.ts'
import { skipped } from './own-database.ts'
import { reasonWithoutPeers } from './peers/install.ts'
import type { Line } from './report.ts'

/** Another scheduler, and the database of ours that is measured beside it. */
export interface MeasuredPeer {
  name: string
  kind: DatabaseKind
}

export const REDIS_URL = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379'

/** Measures beside each of them; what cannot be measured here is said to be so. */
export async function besideEach<Peer extends MeasuredPeer>(
  peers: readonly Peer[],
  compare: (peer: Peer) => Promise<Line[]>
): Promise<Line[]> {
  const reason = await reasonWithoutPeers()
  if (reason !== false) return [skipped('others', reason)]
  const lines: Line[] = []
  for (const peer of peers) {
    const absent = skipReasons[peer.kind]
    const failed = (error: unknown) => [skipped(peer.name, messageOf(error))]
    if (absent === false) lines.push(...(await compare(peer).catch(failed)))
    else lines.push(skipped(peer.name, absent))
  }
  return lines
}
