import { setTimeout as sleep } from 'node:timers/promises'
import { DATABASE_NAMES } from '../test/helpers/server-databases.ts'
import { measureDue, runDue } from './due-run.ts'
import { besideEach, REDIS_URL, type MeasuredPeer } from './each-peer.ts'
import { inOwnDatabase } from './own-database.ts'
import { openAgenda } from './peers/agenda.ts'
import { openBullMq } from './peers/bullmq.ts'
import { openGraphileWorker } from './peers/graphile-worker.ts'
import type { PeerQueue } from './peers/peer.ts'
import { openPlainJob } from './peers/plainjob.ts'
import { programOf } from './places.ts'
import { startGroup } from './process-group.ts'
import { median, perSecond, type Line } from './report.ts'

const JOBS = 10_000
const SLOTS = 1_000
const ROUNDS = 3
const POLL_MS = 5
/** Far longer than any of them takes on a machine of its own. */
const PATIENCE_MS = 180_000

/** Another scheduler with one process, beside one of ours in turn with it. */
interface Peer extends MeasuredPeer {
  worker: string
  /** @param url of an empty database of that kind */
  open(url: string): Promise<PeerQueue>
  /** What its worker connects to. */
  urlOf(url: string): string
}

const own = (url: string): string => url
const PEERS: readonly Peer[] = [
  {
    name: 'graphile-worker',
    kind: 'postgres',
    worker: 'graphile-worker-worker',
    open: openGraphileWorker,
    urlOf: own
  },
  {
    name: 'BullMQ on Redis',
    kind: 'postgres',
    worker: 'bullmq-worker',
    open: () => openBullMq(REDIS_URL),
    urlOf: () => REDIS_URL
  },
  {
    name: 'Agenda',
    kind: 'postgres',
    worker: 'agenda-worker',
    open: openAgenda,
    urlOf: own
  },
  { name: 'plainjob', kind: 'sqlite', worker: 'plainjob-worker', open: openPlainJob, urlOf: own }
]

/** The same jobs due at once by others; what cannot be measured here is said to be so. */
export function otherPeers(): Promise<Line[]> {
  return besideEach(PEERS, async (peer) => [await compare(peer)])
}

async function compare(peer: Peer): Promise<Line> {
  const ours: number[] = []
  const theirs: number[] = []
  const run = { jobs: JOBS, processes: 1, slots: SLOTS }
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(JOBS / (await inOwnDatabase(peer.kind, (url) => runDue({ ...run, url }))))
    theirs.push(JOBS / (await inOwnDatabase(peer.kind, (url) => runPeer(peer, url))))
  }
  return {
    what: `${JOBS.toLocaleString('en')} jobs, 1 process, ${DATABASE_NAMES[peer.kind]} beside ${peer.name}`,
    ours: perSecond(median(ours)),
    limit: perSecond(median(theirs)),
    ratio: median(ours) / median(theirs),
    aim: '≥ 1.00'
  }
}

/** @returns seconds from the instant at which all are due until it says that all are done */
async function runPeer({ worker, open, urlOf }: Peer, url: string): Promise<number> {
  const queue = await open(url)
  try {
    const group = await startGroup(programOf(`peers/${worker}`), [[urlOf(url)]])
    const untilRecorded = async (count: number) => {
      const deadline = Date.now() + PATIENCE_MS
      while ((await queue.countDone()) < count) {
        if (Date.now() > deadline) throw new Error(`not all was done within ${PATIENCE_MS} ms`)
        await sleep(POLL_MS)
      }
      return { recorded: count, calls: count, lastAt: Date.now() }
    }
    try {
      return await measureDue({ group: { ...group, untilRecorded }, jobs: JOBS, make: queue.make })
    } finally {
      await group.stop()
    }
  } finally {
    await queue.close()
  }
}
