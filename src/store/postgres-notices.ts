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

      const connect = async (): Promise<void> => {
        const next = createClient()
        client = next
        next.on('notification', ({ payload = '' }) => onMessage(payload))
        next.on('error', () => undefined)
        // A connection that could not be made, or was lost, ends like one that was closed.
        next.once('end', () => {
          if (isOver || client !== next) return
          client = null
          timer = setTimeout(() => void reconnect(), RECONNECT_PAUSE_MS)
        })
        await next.connect()
        await next.query(`listen ${CHANNEL}`)
      }
      const reconnect = async (): Promise<void> => {
        try {
          await connect()
          onGap()
        } catch {
          await client?.end().catch(() => undefined)
        }
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
