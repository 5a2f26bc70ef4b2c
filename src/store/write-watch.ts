import { RawNode, SelectQueryNode, type KyselyPlugin, type RootOperationNode } from 'kysely'

/** Sees whether anything but reading is done. */
export interface WriteWatch {
  readonly plugin: KyselyPlugin
  hasWritten(): boolean
}

/** What is not known to read counts as writing. */
export function createWriteWatch(): WriteWatch {
  let written = false
  return {
    plugin: {
      transformQuery: ({ node }) => {
        written ||= !isRead(node)
        return node
      },
      transformResult: async ({ result }) => result
    },
    hasWritten: () => written
  }
}

/** None of our statements that begins with `with` writes. */
function isRead(node: RootOperationNode): boolean {
  if (SelectQueryNode.is(node)) return true
  return RawNode.is(node) && /^\s*(?:select|with)\b/i.test(node.sqlFragments[0] ?? '')
}
