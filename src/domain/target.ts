import { Type, type Static } from '@sinclair/typebox'
import { ONE_LINE, words } from './schema.ts'

/** The kinds of target; what each does when a run starts is in `engine/targets`. */
export const TARGET_TYPES = ['log', 'http', 'handler'] as const
export type TargetType = (typeof TARGET_TYPES)[number]

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export const LogTarget = Type.Object(
  { type: Type.Literal('log') },
  { additionalProperties: false, description: 'One log line with the name and params of the job.' }
)

export const HttpTarget = Type.Object(
  {
    type: Type.Literal('http'),
    url: Type.String({ minLength: 1, maxLength: 2048, description: 'An http or https URL.' }),
    method: Type.Optional(words(HTTP_METHODS, { default: 'POST' })),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String({ maxLength: 8192 }), {
        description: 'At most 50; those that the scheduler or the protocol sets are refused.'
      })
    ),
    body: Type.Optional(Type.Unknown({ description: 'Sent instead of params.' })),
    success: Type.Optional(
      Type.String({
        minLength: 3,
        maxLength: 100,
        default: '2xx',
        description: 'Status codes that mean success: classes, codes and ranges, as in "2xx,304".'
      })
    )
  },
  { additionalProperties: false, description: 'An HTTP request.' }
)
export type HttpTarget = Static<typeof HttpTarget>

export const HandlerTarget = Type.Object(
  {
    type: Type.Literal('handler'),
    name: Type.String({
      ...ONE_LINE,
      minLength: 1,
      maxLength: 200,
      description: 'As given to `handle()`.'
    })
  },
  { additionalProperties: false, description: 'A function that the host application registered.' }
)
export type HandlerTarget = Static<typeof HandlerTarget>

export const Target = Type.Union([LogTarget, HttpTarget, HandlerTarget], {
  default: { type: 'log' }
})
export type Target = Static<typeof Target>
