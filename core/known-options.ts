import { Options } from '../src/config.ts'
import { CarillonError } from '../src/domain/errors.ts'
import { didYouMean } from '../src/domain/suggest.ts'

/**
 * Those of the given options that are in the configuration; `own` are known beside them, and
 * `except` are not for whoever gives these.
 * @throws CarillonError `invalid_configuration` for one that is not known
 */
export function knownOptions(
  options: object,
  { own, except }: { own: readonly string[]; except: readonly string[] }
): Record<string, unknown> {
  const shared = Object.keys(Options.properties).filter((name) => !except.includes(name))
  const known = [...own, ...shared]
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const message = `"${unknown}" is not a known option.${didYouMean(unknown, known)}`
    throw new CarillonError('invalid_configuration', message)
  }
  return Object.fromEntries(Object.entries(options).filter(([name]) => shared.includes(name)))
}
