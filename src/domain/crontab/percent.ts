/** What of an entry is the command, and what it reads. */
export interface CommandAndInput {
  command: string
  /** Null where there is none: the command reads nothing. */
  input: string | null
}

/**
 * crontab(5): the first `%` that no backslash precedes ends the command, and what follows is its
 * standard input, each further one a line break; `\%` is a percent sign, whatever the quotes. A
 * last line without an end gets one.
 */
export function splitInput(text: string): CommandAndInput {
  const [command = '', ...lines] = splitPercents(text)
  if (lines.length === 0) return { command, input: null }
  const input = lines.join('\n')
  return { command, input: input === '' || input.endsWith('\n') ? input : `${input}\n` }
}

function splitPercents(text: string): string[] {
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    const next = text.charAt(at + 1)
    if (char === '%') {
      parts.push(part)
      part = ''
    } else if (char === '\\' && next !== '') {
      // A backslash escapes whatever follows, so that the second of two escapes nothing.
      part += next === '%' ? '%' : char + next
      at++
    } else {
      part += char
    }
  }
  return [...parts, part]
}
