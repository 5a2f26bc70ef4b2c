/** What a PromQL expression speaks of, found by its words; whether it is valid, promtool says. */
export interface PromqlNames {
  metrics: string[]
  /** Labels that are selected, grouped by, or matched on. */
  labels: string[]
}

const WORDS = new Set(
  'by without on ignoring group_left group_right offset bool and or unless inf nan'.split(' ')
)
const GROUPED = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g

export function namesIn(expression: string): PromqlNames {
  const plain = expression.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '""')
  const selected = [...plain.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) =>
    [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)
  )
  const grouped = [...plain.matchAll(GROUPED)].flatMap(([, inner = '']) =>
    inner.split(',').map((label) => label.trim())
  )
  const rest = plain
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(GROUPED, '')
  const words = [...rest.matchAll(/(?<![\w.$:])[a-z_:][\w:]*(?!\s*\()(?![\w:])/gi)].map(
    ([word]) => word
  )
  return {
    metrics: [...new Set(words.filter((word) => !WORDS.has(word.toLowerCase())))],
    labels: [...new Set([...selected, ...grouped].filter((label) => label !== ''))]
  }
}
