import type { KyselyPlugin } from 'kysely'
import type { Database } from '../../src/store/db.ts'
import { plainText } from './watched-database.ts'

/** Holds up the answer to the first statement of this kind, once it is told to. */
export function holdAnswers(database: Database, kind: RegExp) {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const held = new WeakSet<object>()
  let isArmed = false
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      const { sql, parameters } = database.query.getExecutor().compileQuery(node, queryId)
      if (isArmed && kind.test(`${plainText(sql)} ${parameters.join(' ')}`)) {
        isArmed = false
        held.add(queryId)
      }
      return node
    },
    transformResult: async ({ result, queryId }) => {
      if (held.has(queryId)) {
        reached.resolve()
        await released.promise
      }
      return result
    }
  }
  return {
    database: { ...database, query: database.query.withPlugin(plugin) },
    arm: () => {
      isArmed = true
    },
    reached: reached.promise,
    release: released.resolve
  }
}
