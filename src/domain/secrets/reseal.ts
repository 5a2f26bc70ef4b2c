import { headerPointer, SIGNING_POINTER, type Sealed, type StoredInput } from './stored-input.ts'

/** Gives a sealed secret another form. */
export type Reseal = (sealed: Sealed, pointer: string) => Sealed

/** The same definition with every sealed secret in another form. */
export function reseal(input: StoredInput, change: Reseal): StoredInput {
  const { target } = input
  if (target?.type !== 'http') return input
  const { secret, headers } = target
  const changed = {
    ...target,
    ...(headers !== undefined && { headers: inHeaders(headers, change) }),
    ...(secret !== undefined && { secret: inSigning(secret, change) })
  }
  return { ...input, target: changed }
}

function inHeaders(
  headers: Record<string, string | Sealed>,
  change: Reseal
): Record<string, string | Sealed> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : change(value, headerPointer(name))
    ])
  )
}

function inSigning(secret: Sealed | Sealed[], change: Reseal): Sealed | Sealed[] {
  if (!Array.isArray(secret)) return change(secret, SIGNING_POINTER)
  return secret.map((sealed) => change(sealed, SIGNING_POINTER))
}
