import { Options, shownConfig, variableOf, type Config } from './config.ts'
import type { ShownOption } from './domain/system.ts'
import { flagOf } from './option-sources.ts'

/** Where the values of options come from, by their names; the others have their defaults. */
export type Sources = Readonly<Record<string, string>>

interface Shown {
  sources?: Sources
  /** Options that are not this process's own. */
  except?: readonly string[]
}

/** The options in force one by one, as they may be shown: secrets are hidden. */
export function listShownOptions(
  config: Config,
  { sources = {}, except = [] }: Shown = {}
): ShownOption[] {
  const shown = shownConfig(config)
  const names = Object.keys(Options.properties).filter((name) => !except.includes(name))
  return names.map((name) => ({
    name,
    value: shown[name] ?? shown[`${name}Ms`] ?? null,
    source: sources[name] ?? 'default'
  }))
}

/** The variables and flags that options were given by; a flag beats a variable. */
export function sourcesOf(given: {
  environment: Readonly<Record<string, unknown>>
  flags: Readonly<Record<string, unknown>>
}): Sources {
  const variables = Object.keys(given.environment).map((name) => [name, variableOf(name)])
  const flags = Object.keys(given.flags).map((name) => [name, `--${flagOf(name)}`])
  return Object.fromEntries([...variables, ...flags])
}

/** The same for options that a program gave in code. */
export function sourcesInCode(options: Readonly<Record<string, unknown>>): Sources {
  const given = Object.keys(options).filter((name) => options[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, 'option']))
}
