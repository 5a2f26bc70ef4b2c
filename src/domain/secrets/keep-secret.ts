import { refuse } from '../errors.ts'
import { shownSecret } from './shown-secret.ts'
import type { JobInput } from '../job.ts'
import { SIGNING_POINTER, type Sealed, type SecretPlace, type StoredInput } from './stored-input.ts'

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

/**
 * A header that is kept goes to no other origin than before: or else whoever may change a job could
 * have its secrets sent to himself. A signature gives its secret to nobody, so it may go anywhere.
 * @throws CarillonError `validation_failed`
 */
export function refuseElsewhere(
  { pointer }: SecretPlace,
  { input, stored }: { input: JobInput; stored: StoredInput | null }
): void {
  if (pointer === SIGNING_POINTER || originOf(input) === originOf(stored)) return
  const field = pointer.slice(1).replaceAll('/', '.')
  const detail = `"${field}" is how a secret is shown, but "target.url" leads to another origin now, and a secret that is kept goes to no other; send the secret itself.`
  throw refuse(pointer, detail)
}

function originOf(input: JobInput | StoredInput | null): string | null {
  const target = input?.target
  return target?.type === 'http' ? new URL(target.url).origin : null
}
