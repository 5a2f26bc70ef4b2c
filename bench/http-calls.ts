import { Agent, request, type Dispatcher } from 'undici'
import { connectRawSqlite } from './raw-sqlite.ts'
import type { RawRun } from './raw-records.ts'

/** As many bytes of headers as a run of ours sends. */
const HEADERS = {
  'user-agent': 'carillon/0.1.0',
  'idempotency-key': '123456',
  'carillon-job-id': '123456',
  'carillon-run-id': '123456',
  'carillon-scheduled-for': '2026-01-01T00:00:00.000Z',
  'carillon-attempt': '1',
  'carillon-fencing-token': '123456',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'content-type': 'application/json'
}
export const BODY = { user: 1 }

async function call(origin: string, dispatcher: Dispatcher): Promise<void> {
  const { body, statusCode } = await request(origin, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify(BODY),
    dispatcher
  })
  await body.dump()
  if (statusCode !== 204) throw new Error(`The receiver answered ${statusCode}.`)
}

/** So many calls, so many of them at a time, by undici alone. */
export async function callAll(origin: string, calls: number, slots: number): Promise<void> {
  const dispatcher = new Agent()
  let left = calls
  const caller = async (): Promise<void> => {
    while (left-- > 0) await call(origin, dispatcher)
  }
  await Promise.all(Array.from({ length: slots }, caller))
  await dispatcher.close()
}

/**
 * The same for every job that is due in a file, whose rows are written by the driver alone: where half
 * of the slots are free, one transaction writes what has ended and what takes its place.
 */
export async function callAndRecord(origin: string, file: string, slots: number): Promise<void> {
  const dispatcher = new Agent()
  const connection = connectRawSqlite(file)
  const due = await connection.findDue(0, 1)
  const waiting = due?.ids ?? []
  let ended: RawRun[] = []
  let inFlight = 0
  const finished = Promise.withResolvers<void>()
  const turn = async (): Promise<void> => {
    const written = ended
    ended = []
    const next = waiting.splice(0, slots - inFlight)
    inFlight += next.length
    for (const run of await connection.record(due?.at ?? 0, next, written)) start(run)
    if (inFlight === 0 && waiting.length === 0) finished.resolve()
  }
  const start = (run: RawRun): void => {
    call(origin, dispatcher)
      .then(() => {
        inFlight--
        ended.push(run)
        const isRound = ended.length * 2 >= slots || inFlight === 0
        return isRound ? turn() : undefined
      })
      .catch(finished.reject)
  }
  await turn()
  await finished.promise
  await connection.close()
  await dispatcher.close()
}
