import { Type, type TSchema } from '@sinclair/typebox'
import { CarillonError } from './domain/errors.ts'
import { fromText } from './domain/from-text.ts'
import { didYouMean } from './domain/suggest.ts'
import { compileFaults, shown } from './domain/validation.ts'

/** An option as it can be set from outside: by a variable, by a flag. */
export interface OptionSchema extends TSchema {
  /** Its environment variable, where that is not `CARILLON_` and its name in capitals. */
  env?: string
  /** Never shown; may also be in a file, named by the variable with `_FILE` appended. */
  secret?: boolean
  /** Set by its flag alone, not by a variable. */
  flagOnly?: boolean
}

/** The options of a command by their names in code. */
export type OptionSchemas = Readonly<Record<string, OptionSchema>>

/** The same options, set by their flags alone. */
export function flagsOnly<Schemas extends Record<string, TSchema>>(schemas: Schemas): Schemas {
  for (const schema of Object.values(schemas)) Object.assign(schema, { flagOnly: true })
  return schemas
}

/** The environment variable of an option. */
export function variableOf(schemas: OptionSchemas, name: string): string {
  return schemas[name]?.env ?? `CARILLON_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`
}

/** The flag of an option, without its hyphens. */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, '-$&').toLowerCase()
}

/** Every variable that sets one of these options. */
export function variablesOf(schemas: OptionSchemas): string[] {
  return Object.keys(schemas).flatMap((name) => {
    if (schemas[name]?.flagOnly === true) return []
    const variable = variableOf(schemas, name)
    return schemas[name]?.secret === true ? [variable, `${variable}_FILE`] : [variable]
  })
}

/**
 * The options that an environment sets.
 * @throws CarillonError `invalid_configuration`, naming the variable
 */
export function readVariables(
  schemas: OptionSchemas,
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string
): Record<string, unknown> {
  const options: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema.flagOnly === true) continue
    const variable = variableOf(schemas, name)
    const text =
      schema.secret === true ? secretIn(variable, environment, readFile) : environment[variable]
    if (text !== undefined) options[name] = converted(schema, text, variable)
  }
  return options
}

/**
 * The options that words of a command line set: `--port 9000` or `--port=9000`; a switch needs no
 * value.
 * @throws CarillonError `invalid_configuration`, naming the flag
 */
export function readFlags(
  schemas: OptionSchemas,
  flags: readonly string[]
): Record<string, unknown> {
  const byFlag = new Map(
    Object.entries(schemas).map(([name, schema]) => [`--${flagOf(name)}`, { name, schema }])
  )
  const options: Record<string, unknown> = {}
  const rest = [...flags]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [flag = '', inline] = word.split(/=(.*)/s)
    const known = byFlag.get(flag)
    if (known === undefined) {
      throw invalid(`${shown(flag)} is not a known flag.${didYouMean(flag, [...byFlag.keys()])}`)
    }
    const { name, schema } = known
    options[name] = converted(schema, inline ?? takeValue(schema, flag, rest), flag)
  }
  return options
}

/**
 * Words and flags of a command line apart, in whatever order they stand: what follows a flag that
 * needs a value is that value; "-" alone is a word, and after "--" everything is.
 */
export function splitWords(
  schemas: OptionSchemas,
  args: readonly string[]
): { words: string[]; flags: string[] } {
  const switches = new Set(
    Object.entries(schemas)
      .filter(([, schema]) => schema['type'] === 'boolean')
      .map(([name]) => `--${flagOf(name)}`)
  )
  const words: string[] = []
  const flags: string[] = []
  const rest = [...args]
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    if (next === '--') return { words: [...words, ...rest], flags }
    if (!next.startsWith('-') || next === '-') words.push(next)
    else {
      flags.push(next)
      const takesNext = !next.includes('=') && !switches.has(next)
      const value = takesNext ? rest.shift() : undefined
      if (value !== undefined) flags.push(value)
    }
  }
  return { words, flags }
}

/** The error for an option that cannot be; the message names option, value and fix. */
export function invalid(message: string): CarillonError {
  return new CarillonError('invalid_configuration', message)
}

/** The word after a flag; a switch has one only where it says true or false. */
function takeValue(schema: OptionSchema, flag: string, rest: string[]): string {
  const isSwitch = schema['type'] === 'boolean'
  if (isSwitch && !/^(true|false|1|0)$/i.test(rest[0] ?? '')) return 'true'
  const value = rest.shift()
  if (value !== undefined) return value
  throw invalid(`"${flag}" needs a value.`)
}

function secretIn(
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string
): string | undefined {
  const path = environment[`${variable}_FILE`]
  if (path === undefined) return environment[variable]
  if (environment[variable] !== undefined) {
    throw invalid(`${variable} and ${variable}_FILE are both set; remove one.`)
  }
  try {
    return readFile(path).trim()
  } catch (cause) {
    throw new CarillonError(
      'invalid_configuration',
      `${variable}_FILE is ${shown(path)}, which cannot be read.`,
      { cause }
    )
  }
}

/** The value of a text, checked here so that the sentence names the variable or flag it came from. */
function converted(schema: OptionSchema, text: string, source: string): unknown {
  const value = fromText(schema, text)
  const [fault] = compileFaults(Type.Object({ [source]: schema }), 'config')({ [source]: value })
  if (fault !== undefined) throw invalid(fault.detail)
  return value
}
