/** How a value of a job is written into a field, and read from it. */
export interface Kind {
  toText(value: unknown): string
  /** @throws SyntaxError for text that is no such value, where only the page can know it */
  toValue(text: string): unknown
}

/** A string; what is wrong with it is for the service to say. */
export const TEXT: Kind = { toText: String, toValue: (text) => text.trim() }

/** What is no number is sent as it is: the service says then what it should be. */
export const WHOLE: Kind = {
  toText: String,
  toValue: (text) => (/^\s*-?\d+\s*$/.test(text) ? Number(text) : text.trim())
}

export const JSON_TEXT: Kind = {
  toText: (value) => JSON.stringify(value, null, 2),
  toValue: (text): unknown => JSON.parse(text)
}

/** Strings between commas. */
export const WORDS = listOf(',', ', ', (items) =>
  items.map((item) => item.trim()).filter((item) => item !== '')
)

/** Strings, each a line; spaces and empty lines between them are of them. */
export const LINES = listOf('\n', '\n', (items) =>
  items.at(-1) === '' ? items.slice(0, -1) : items
)

/** Strings that have the separator in them can only be written as JSON. */
function listOf(separator: string, joined: string, tidied: (items: string[]) => string[]): Kind {
  return {
    toText: (value) => {
      const items: readonly unknown[] = Array.isArray(value) ? value : []
      const isPlain = items.every((item) => !String(item).includes(separator))
      return isPlain ? items.join(joined) : JSON.stringify(items)
    },
    toValue: (text): unknown =>
      text.startsWith('["') ? JSON.parse(text) : tidied(text.split(separator))
  }
}
