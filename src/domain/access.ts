import { Type, type Static } from '@sinclair/typebox'
import { SCOPES } from './api-key.ts'
import { nullable, words } from './schema.ts'

/** What the sender of a request may do, and with what. */
export const Access = Type.Object(
  {
    scopes: Type.Array(words(SCOPES), {
      description: 'All of them where no key is asked for, and for a key with `admin`.'
    }),
    actor: nullable(
      Type.String({ description: 'As changes are noted with, such as `key:1`; null for nobody.' })
    ),
    title: Type.String({ description: 'What the service is called, for people.' })
  },
  { $id: 'Access' }
)
export type Access = Static<typeof Access>
