import { Type, type Static } from '@sinclair/typebox'
import { HIDDEN, ONE_LINE, words } from './schema.ts'

/** The kinds of target; what each does when a run starts is in `engine/targets`. */
export const TARGET_TYPES = ['log', 'http', 'handler', 'command'] as const
export type TargetType = (typeof TARGET_TYPES)[number]

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export const LogTarget = Type.Object(
  { type: Type.Literal('log') },
  { additionalProperties: false, description: 'One log line with the name and params of the job.' }
)

const Secret = (description: string) =>
  Type.String({ ...HIDDEN, minLength: 1, maxLength: 8192, description })

/** The value of a header: a text that everybody may see, or a secret. */
const HeaderValue = Type.Union(
  [
    Type.Object(
      { secret: Secret('Kept sealed, and shown as "***" and its last four characters.') },
      { ...HIDDEN, additionalProperties: false }
    ),
    Type.String({ ...HIDDEN, maxLength: 8192 })
  ],
  HIDDEN
)

const SigningSecret = Secret('"whsec_" and 24 to 64 bytes as base64; kept sealed.')

export const HttpTarget = Type.Object(
  {
    type: Type.Literal('http'),
    url: Type.String({ minLength: 1, maxLength: 2048, description: 'An http or https URL.' }),
    method: Type.Optional(words(HTTP_METHODS, { default: 'POST' })),
    headers: Type.Optional(
      Type.Record(Type.String(), HeaderValue, {
        ...HIDDEN,
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
    ),
    secret: Type.Optional(
      Type.Union([Type.Array(SigningSecret, { minItems: 1, maxItems: 2 }), SigningSecret], {
        ...HIDDEN,
        description:
          'Signs every call (Standard Webhooks); two while one takes the place of the other, the newer one first.'
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

export const CommandTarget = Type.Object(
  {
    type: Type.Literal('command'),
    argv: Type.Array(Type.String({ maxLength: 8192 }), {
      minItems: 1,
      maxItems: 100,
      description: 'The program and its arguments; there is no shell.'
    }),
    cwd: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4096, description: 'An absolute path.' })
    ),
    env: Type.Optional(
      Type.Record(Type.String(), Type.String({ maxLength: 8192 }), {
        description: 'Variables beside the few that it gets anyway; at most 100.'
      })
    )
  },
  { additionalProperties: false, description: 'A program on the machine of the service.' }
)
export type CommandTarget = Static<typeof CommandTarget>

/** What runs of commands need of a process, beside the names of handlers. */
export const COMMANDS_ALLOWED = 'carillon:command'

/** What a process must have to run this: a handler, or the leave to start programs; null for nothing. */
export function requirementOf(target: Target): string | null {
  if (target.type === 'handler') return target.name
  return target.type === 'command' ? COMMANDS_ALLOWED : null
}

export const Target = Type.Union([LogTarget, HttpTarget, HandlerTarget, CommandTarget], {
  default: { type: 'log' }
})
export type Target = Static<typeof Target>
