import { refuse } from '../errors.ts'
import { shownSecret } from './shown-secret.ts'
import type { Sealed, SecretPlace } from './stored-input.ts'

/**
 * What a shown form stands for among what is kept in its field. Of two that are shown alike, it is
 * the one at the same place in the list.
 * @throws CarillonError `validation_failed` where it stands for nothing
 */
export function keptSecret(
  shown: string,
  known: readonly Sealed[],
  { pointer, index }: SecretPlace
): Sealed {
  const alike = known.filter(({ hint }) => shownSecret(hint) === shown)
  const same = known[index]
  if (same !== undefined && alike.length > 1 && alike.includes(same)) return same
  const [only] = alike
  if (only !== undefined) return only
  const field = pointer.slice(1).replaceAll('/', '.')
  const why =
    known.length === 0 ? 'there is no secret to keep' : 'the secret that is kept is another one'
  throw refuse(
    pointer,
    `"${field}" is ${JSON.stringify(shown)}, which is how a secret is shown, but ${why}; send the secret itself.`
  )
}
