/** A word of a command line, without its quotes and escapes. */
export interface ShellWord {
  text: string
  /** The first character outside of quotes that makes it a pattern of file names; null for none. */
  pattern: string | null
}

/** A command line as a POSIX shell reads it, as far as that can be known without one. */
export interface ShellLine {
  /** All of them, unless something of `shellOnly` came first. */
  words: ShellWord[]
  /** The first thing that only a shell can do; null for none. */
  shellOnly: string | null
  /** Output is thrown away, or sent where the other output goes. */
  discards: boolean
  /** What follows a `#`. */
  comment: string | null
}

const BLANKS = /\s+/y
const DISCARD = /(?:[12]|&)?>>?\s*(?:\/dev\/null|&[12])(?=\s|$)/y
const SINGLE = /'([^']*)'/y
const DOUBLE = /"((?:[^"\\$`]|\\[^])*)"/y
const ESCAPE = /\\([^])/y
const PLAIN = /[^\s'"\\|&;<>()`$*?[{]+/y
const PATTERN = /[*?[]/y

/** POSIX.1 Shell Command Language §2.4, §2.14 and common shells: words that no program is behind. */
const SHELL_WORDS = new Set(
  '! . : [[ alias case cd command eval exec exit export for function if local read return set shift source time times trap type ulimit umask unset until wait while'.split(
    ' '
  )
)

/** Reads a command line; nothing is expanded or refused. */
export function readShellLine(line: string): ShellLine {
  const read: ShellLine = { words: [], shellOnly: null, discards: false, comment: null }
  let at = skip(BLANKS, line, 0)
  while (at < line.length && read.shellOnly === null) {
    const discarded = skip(DISCARD, line, at)
    if (discarded > at) {
      read.discards = true
      at = skip(BLANKS, line, discarded)
    } else if (line[at] === '#') {
      read.comment = line.slice(at + 1).trim()
      break
    } else {
      at = skip(BLANKS, line, readWord(line, at, read))
    }
  }
  read.shellOnly ??= firstWordOf(read)
  return read
}

/** What the first word already says of needing a shell. */
function firstWordOf({ words: [first] }: ShellLine): string | null {
  const text = first?.text ?? ''
  if (/^[A-Za-z_]\w*=/.test(text)) return `"${text.replace(/=.*/s, '=')}" before the program`
  return SHELL_WORDS.has(text) ? `"${text}"` : null
}

/** Adds the word that begins at `at`, and returns where it ends. */
function readWord(line: string, start: number, read: ShellLine): number {
  const word: ShellWord = { text: '', pattern: null }
  let at = start
  while (at < line.length && !/\s/.test(line.charAt(at))) {
    const piece = readPiece(line, at)
    if (at > start && skip(DISCARD, line, at) > at && piece === null) break
    if (piece === null || (at === start && line[at] === '~')) {
      read.shellOnly = `"${line.charAt(at)}"`
      break
    }
    word.text += piece.text
    if (piece.isPattern) word.pattern ??= piece.text
    at = piece.end
  }
  if (at > start) read.words.push(word)
  return at
}

interface Piece {
  text: string
  end: number
  isPattern?: boolean
}

function readPiece(line: string, at: number): Piece | null {
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(line)
  }
  const plain = take(PLAIN) ?? take(PATTERN)
  if (plain !== null) {
    const [text] = plain
    return { text, end: at + text.length, isPattern: /^[*?[]/.test(text) }
  }
  const quoted = take(SINGLE) ?? take(ESCAPE)
  if (quoted !== null) return { text: quoted[1] ?? '', end: at + quoted[0].length }
  const double = take(DOUBLE)
  if (double === null) return null
  // POSIX §2.2.3: within them, a backslash escapes nothing else.
  const text = (double[1] ?? '').replaceAll(/\\([$`"\\])/g, '$1').replaceAll('\\\n', '')
  return { text, end: at + double[0].length }
}

/** Where a match of the pattern at this place ends; the place itself if there is none. */
function skip(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(line) ? pattern.lastIndex : at
}
