import { Type, type Static } from '@sinclair/typebox'
import { nullable, words } from './schema.ts'

/** How urgent a line is. */
export const LOG_LEVELS = ['info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** A line that a handler logged. */
export const RunLogLine = Type.Object({
  attempt: Type.Integer(),
  line: Type.Integer({ description: 'From 1 in each attempt; what is missing is not kept.' }),
  at: Type.String(),
  level: words(LOG_LEVELS),
  message: Type.String(),
  fields: Type.Unknown({ description: 'Null without any.' })
})
export type RunLogLine = Static<typeof RunLogLine>

/** A piece of what a run logged, the oldest line first. */
export const RunLog = Type.Object({
  lines: Type.Array(RunLogLine),
  omitted: Type.Integer({ description: 'Lines of the run that are not kept.' }),
  cursor: nullable(
    Type.String({ description: 'What comes after these lines: send it as `after`.' })
  )
})
export type RunLog = Static<typeof RunLog>

/** Where to read on, and how much. */
export interface RunLogPage {
  /** The `cursor` of what was read before; from the first line, if left out. */
  after?: string
  /** 100, if left out. */
  limit?: number
}
