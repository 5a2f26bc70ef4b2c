import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Attempt, Run } from '../../src/domain/run.ts'
import {
  startService,
  type Service,
  type ServiceAnswer,
  type ServiceExit,
  type ServiceSignal
} from './service.ts'
import { until } from './until.ts'

/** Short, so that a test sees within seconds what takes half a minute in operation. */
export const LEASE_MS = 4_000
export const HEARTBEAT_MS = 500

const ENVIRONMENT = {
  CARILLON_LEASE: `${LEASE_MS}ms`,
  CARILLON_HEARTBEAT: `${HEARTBEAT_MS}ms`,
  // Each process has a cache of its own, and a test that reads a list again wants what is there.
  CARILLON_CACHE_JOBS: '0'
}

/** Replicas go by the clock of the database, which reaches them somewhat late. */
const CLOCK_LAG_MS = 500

/** Between two tries to get an answer from anybody. */
const RETRY_MS = 100

/** The line of a process that another one has taken for dead. */
const LEASE_LOST = 'Another process took the runs over.'

export interface FleetOptions {
  databaseUrl: string
  replicas: number
  env?: Readonly<Record<string, string>>
}

/** Several processes of the service on one database. */
export interface Fleet {
  /** Those that run, the oldest first; a suspended one is among them. */
  readonly live: readonly Service[]
  /** Starts one more, on the same database by default; another URL may lead there by another way. */
  start(databaseUrl?: string, env?: Readonly<Record<string, string>>): Promise<Service>
  /** Ends one by a signal; resolves when it is gone. */
  end(service: Service, signal: 'SIGKILL' | 'SIGTERM'): Promise<ServiceExit>
  suspend(service: Service): void
  resume(service: Service): void
  /** The process that carries out a run, or did so last. */
  replicaOf(run: Pick<Run, 'replica'>): Service | undefined
  /** Asks one that is able to answer, and another when that fails; for what changes nothing. */
  read(target: string): Promise<ServiceAnswer>
  /** All lines of all logs, of ended processes too, in no order across them. */
  lines(): Record<string, unknown>[]
  /** Processes that ended although nobody asked them to, each with what it said. */
  surprises(): string[]
  /**
   * Whether there is a cause for an attempt to be recorded as crashed: its process was killed or
   * suspended, or says itself that it lost its lease, as happens where it gets no time to renew it.
   */
  isExcused(attempt: Attempt): boolean
}

/** Starts the processes together, as an orchestrator does; they are killed when the test ends. */
export async function startFleet(t: Test, options: FleetOptions): Promise<Fleet> {
  const started: Service[] = []
  const live = new Set<Service>()
  const suspended = new Set<Service>()
  const troubledAt = new Map<Service, number>()
  const surprises: string[] = []
  let turn = 0

  const signal = (service: Service, name: ServiceSignal): void => {
    if (name !== 'SIGCONT') troubledAt.set(service, Date.now())
    service.kill(name)
  }

  const noticeEnd = async (service: Service): Promise<void> => {
    const exit = await service.exited
    if (live.delete(service)) surprises.push(describe(service, exit))
  }

  const start: Fleet['start'] = async (databaseUrl = options.databaseUrl, more = {}) => {
    const env = { ...ENVIRONMENT, ...options.env, ...more, DATABASE_URL: databaseUrl }
    const service = await startService(t, { env })
    started.push(service)
    live.add(service)
    void noticeEnd(service)
    return service
  }

  const named = ({ replica }: { replica: string | null }): Service | undefined =>
    started.findLast((service) => replica?.endsWith(`:${service.pid}`))

  const fleet: Fleet = {
    get live() {
      return [...live]
    },
    start,
    end: (service, name) => {
      live.delete(service)
      signal(service, name)
      return service.exited
    },
    suspend: (service) => {
      suspended.add(service)
      signal(service, 'SIGSTOP')
    },
    resume: (service) => {
      suspended.delete(service)
      signal(service, 'SIGCONT')
    },
    replicaOf: named,
    read: (target) =>
      until(`an answer to GET ${target}`, async () => {
        const able = [...live].filter((service) => !suspended.has(service))
        const answer = await able[turn++ % able.length]?.request(`GET ${target}`).catch(() => null)
        if (answer?.status === 200) return answer
        await delay(RETRY_MS)
        return null
      }),
    lines: () => started.flatMap((service) => service.lines),
    surprises: () => surprises,
    isExcused: (attempt) => {
      const service = named(attempt)
      if (service === undefined) return false
      const at = troubledAt.get(service) ?? Infinity
      if (at - CLOCK_LAG_MS <= Date.parse(attempt.finished_at ?? '')) return true
      return service.lines.some((line) => line['msg'] === LEASE_LOST)
    }
  }
  await Promise.all(Array.from({ length: options.replicas }, () => start()))
  return fleet
}

function describe(service: Service, { code, signal, stderr }: ServiceExit): string {
  const last = service.lines.at(-1)
  return `Process ${service.pid} ended (${code ?? signal}): ${stderr} ${JSON.stringify(last)}`
}
