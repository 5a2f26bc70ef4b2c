import { Type, type Static } from '@sinclair/typebox'
import { Options } from '../../src/config.ts'
import { SCOPES, type NewApiKey } from '../../src/domain/api-key.ts'
import { parseDuration } from '../../src/domain/duration.ts'
import { createParser, shown } from '../../src/domain/validation.ts'
import { flagsOnly, invalid } from '../../src/option-sources.ts'
import { didYouMean } from '../../src/domain/suggest.ts'

/** What a key is made with. */
export const CreateFlags = flagsOnly({
  name: Type.String({ minLength: 1, maxLength: 200, description: 'Whom or what it is for.' }),
  scopes: Type.String({ description: `Of ${SCOPES.join(', ')}, separated by commas.` }),
  expires: Type.String({ description: 'After how long it is refused, such as 90d; never.' })
})

/** What every action takes. */
export const DatabaseFlags = {
  database: Options.properties.database,
  json: Type.Boolean({
    default: false,
    flagOnly: true,
    description: 'JSON instead of a table; so lists are in a pipe anyway.'
  })
}

const AllFlags = Type.Partial(Type.Object({ ...CreateFlags, ...DatabaseFlags }))
export type KeyFlags = Static<typeof AllFlags>

export const parseFlags = createParser(AllFlags, 'config')

/**
 * The key that flags ask for.
 * @throws CarillonError `invalid_configuration` when one is missing, or for a scope that is none
 */
export function keyOf({ name, scopes, expires }: KeyFlags): NewApiKey {
  if (name === undefined) throw invalid('"keys create" needs "--name", such as "--name ci".')
  if (scopes === undefined) {
    throw invalid(`"keys create" needs "--scopes": some of ${SCOPES.join(', ')}.`)
  }
  if (expires !== undefined && (parseDuration(expires) ?? 0) === 0) {
    throw invalid(`"--expires" is ${shown(expires)}, but must be a duration such as "90d".`)
  }
  return {
    name,
    scopes: scopes.split(',').map((word) => {
      const scope = SCOPES.find((one) => one === word.trim())
      if (scope !== undefined) return scope
      const known = `but must be of ${SCOPES.join(', ')}.`
      throw invalid(`"--scopes" has "${word.trim()}", ${known}${didYouMean(word, [...SCOPES])}`)
    }),
    ...(expires !== undefined && { expires_in: expires })
  }
}
