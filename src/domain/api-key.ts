import { Type, type Static } from '@sinclair/typebox'
import { nullable, ONE_LINE, words } from './schema.ts'

/**
 * What a key may be for. They do not include each other, but `admin` is all of them, and keys
 * themselves.
 */
export const SCOPES = ['read', 'write', 'run', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

const Name = Type.String({
  ...ONE_LINE,
  minLength: 1,
  maxLength: 200,
  description: 'Whom or what it is for.'
})
const Scopes = Type.Array(words(SCOPES), {
  minItems: 1,
  maxItems: SCOPES.length,
  uniqueItems: true
})

/** What is known of a key: all but the key itself. Instants are RFC 3339. */
export const ApiKey = Type.Object(
  {
    id: Type.Integer(),
    name: Name,
    scopes: Scopes,
    created_at: Type.String(),
    created_by: nullable(Type.String({ description: 'Who made it, such as `key:1`.' })),
    expires_at: nullable(
      Type.String({ description: 'From then on it is refused; null for never.' })
    ),
    last_used_at: nullable(Type.String({ description: 'To the minute.' })),
    revoked_at: nullable(Type.String({ description: 'Since then it is refused.' }))
  },
  { $id: 'ApiKey' }
)
export type ApiKey = Static<typeof ApiKey>

/** A key as it is made: the only time that it is shown itself. */
export const CreatedApiKey = Type.Object(
  {
    ...ApiKey.properties,
    key: Type.String({ description: 'The key. It is shown here and never again.' })
  },
  { $id: 'CreatedApiKey' }
)
export type CreatedApiKey = Static<typeof CreatedApiKey>

/** A key that is wanted. */
export const NewApiKey = Type.Object(
  {
    name: Name,
    scopes: Scopes,
    expires_at: Type.Optional(
      nullable(Type.String({ maxLength: 40, description: 'RFC 3339; never, if left out.' }))
    ),
    expires_in: Type.Optional(
      Type.String({ maxLength: 40, description: 'A duration such as "90d", in its place.' })
    )
  },
  { additionalProperties: false, $id: 'NewApiKey' }
)
export type NewApiKey = Static<typeof NewApiKey>

/** Whether a key with these scopes is good for what needs that one. */
export function hasScope(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.includes(needed) || scopes.includes('admin')
}
