import { sql, type Kysely } from 'kysely'
import type pg from 'pg'
import type { NoticeChannel } from './db.ts'
import type { Tables } from './tables.ts'

const CHANNEL = 'carillon'
const RECONNECT_PAUSE_MS = 500

/** NOTIFY and LISTEN: https://www.postgresql.org/docs/current/sql-notify.html */
export function createPostgresNotices(
  query: Kysely<Tables>,
  createClient: () => pg.Client
): NoticeChannel {
  return {
    send: async (message) => {
      await sql`select pg_notify(${CHANNEL}, ${message})`.execute(query)
    },
    listen: async (onMessage, onGap) => {
      let client: pg.Client | null = null
      let timer: NodeJS.Timeout | null = null
      let isOver = false

      const connect = async (): Promise<boolean> => {
        const next = createClient()
        client = next
        next.on('notification', ({ payload = '' }) => onMessage(payload))
        next.on('error', () => undefined)
        next.once('end', () => reconnectLater(next))
        try {
          await next.connect()
          await next.query(`listen ${CHANNEL}`)
          return true
        } catch {
          reconnectLater(next)
          return false
        }
      }
      /** A connection tells of its end in more than one way; only the first counts. */
      const reconnectLater = (lost: pg.Client): void => {
        if (isOver || client !== lost) return
        client = null
        void lost.end().catch(() => undefined)
        timer = setTimeout(() => void reconnect(), RECONNECT_PAUSE_MS)
      }
      const reconnect = async (): Promise<void> => {
        if (await connect()) onGap()
      }
      await connect()
      return async () => {
        isOver = true
        if (timer !== null) clearTimeout(timer)
        await client?.end().catch(() => undefined)
      }
    }
  }
}
