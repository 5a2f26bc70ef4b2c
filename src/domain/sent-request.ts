import { Type, type Static } from '@sinclair/typebox'
import { nullable } from './schema.ts'

/** The request that an attempt sends, without what is secret in it. */
export const SentRequest = Type.Object({
  attempt: Type.Integer(),
  method: Type.String(),
  url: Type.String(),
  headers: Type.Record(Type.String(), Type.String(), {
    description: '`***` stands for a secret, or for what is known only while it is sent.'
  }),
  body: nullable(Type.String({ description: 'At most 64 KiB.' })),
  omitted_bytes: Type.Integer({ description: 'Bytes of the body that are not here.' })
})
export type SentRequest = Static<typeof SentRequest>
