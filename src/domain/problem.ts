import { Type, type Static } from '@sinclair/typebox'

const Fault = Type.Object(
  {
    in: Type.String({ description: 'body, query, params or headers' }),
    pointer: Type.String({ description: 'JSON pointer (RFC 6901) into that part.' }),
    detail: Type.String()
  },
  { $id: 'Fault' }
)

/** Problem details (RFC 9457), the shape of every error; some codes bring facts of their own. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'The path of a page on this code, on this service.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'Names the value and the fix.' }),
    instance: Type.String(),
    code: Type.String({ description: 'Stable; clients may branch on it.' }),
    request_id: Type.String(),
    errors: Type.Optional(Type.Array(Fault))
  },
  { additionalProperties: true, $id: 'Problem' }
)
export type Problem = Static<typeof Problem>
