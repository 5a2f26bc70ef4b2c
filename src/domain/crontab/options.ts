import { NotUnderstood } from './not-understood.ts'

/** The options of a program, as far as they are known here. */
export interface KnownOptions {
  /** The long name of each letter. */
  letters: Readonly<Record<string, string>>
  /** Every long name, and whether a value follows. */
  names: Readonly<Record<string, boolean>>
  /** Whether `--name=value` says the same as `--name value`. */
  hasInline: boolean
}

/** The arguments of a call, taken apart. */
export interface ReadOptions {
  options: { name: string; value: string }[]
  operands: string[]
}

/** @throws NotUnderstood for an option that is not known */
export function readOptions(args: readonly string[], known: KnownOptions): ReadOptions {
  const read: ReadOptions = { options: [], operands: [] }
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      read.operands.push(...rest.splice(0))
    } else if (word.startsWith('--')) {
      readLong(word, rest, { read, known })
    } else if (word.startsWith('-') && word !== '-') {
      readLetters(word, rest, { read, known })
    } else {
      read.operands.push(word)
    }
  }
  return read
}

interface Reading {
  read: ReadOptions
  known: KnownOptions
}

function readLong(word: string, rest: string[], { read, known }: Reading): void {
  const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const takesValue = Object.hasOwn(known.names, name) ? known.names[name] : undefined
  const isInline = inline !== undefined
  if (takesValue === undefined || (isInline && !(known.hasInline && takesValue)))
    throw unknown(word)
  const value = takesValue ? (inline ?? valueOf(word, rest)) : ''
  read.options.push({ name, value })
}

/** `-fsS`, `-XPOST`, `-m 30`: letters in a row, the last of which may take what follows. */
function readLetters(word: string, rest: string[], { read, known }: Reading): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at)
    const name = Object.hasOwn(known.letters, letter) ? known.letters[letter] : undefined
    if (name === undefined) throw unknown(`-${letter}`)
    if (known.names[name] !== true) {
      read.options.push({ name, value: '' })
      continue
    }
    const value = word.slice(at + 1) || valueOf(`-${letter}`, rest)
    read.options.push({ name, value })
    return
  }
}

function valueOf(option: string, rest: string[]): string {
  const value = rest.shift()
  if (value === undefined) throw new NotUnderstood(`"${option}" has no value.`)
  return value
}

function unknown(option: string): NotUnderstood {
  return new NotUnderstood(`"${option.slice(0, 40)}" is not an option that is understood here.`)
}
