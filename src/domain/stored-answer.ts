import { Type, type Static } from '@sinclair/typebox'

/** How long an answer is kept for whoever asks again with the same key. */
export const REQUESTS_KEPT_MS = 24 * 3_600_000

/** An answer as it was given, so that it can be given once more. */
export const StoredAnswer = Type.Object({
  status: Type.Integer(),
  headers: Type.Record(Type.String(), Type.String()),
  body: Type.String()
})
export type StoredAnswer = Static<typeof StoredAnswer>
