import type { CrontabLine, JobInput } from '../../../../client.ts'
import { LINES } from '../job-form/kinds.ts'

/** What was written over a line, as it was typed. */
export interface Edit {
  name?: string
  /** The URL of a call; of a command its words, each on a line. */
  target?: string
}

/** Edits by the keys of jobs, which stay when the crontab around them changes. */
export type Edits = Readonly<Record<string, Edit>>

/** The edit of a job; nothing where there is none. */
export function editOf(edits: Edits, { key }: JobInput): Edit {
  return edits[key ?? ''] ?? {}
}

/** The jobs that the lines become, with what was written over them. */
export function jobsOf(lines: readonly CrontabLine[], edits: Edits): JobInput[] {
  return lines.flatMap(({ job }) => (job === null ? [] : [edited(job, editOf(edits, job))]))
}

function edited(job: JobInput, { name = job.name, target }: Edit): JobInput {
  return target === undefined
    ? { ...job, name }
    : { ...job, name, target: retargeted(job.target, target) }
}

function retargeted(target: JobInput['target'], text: string): NonNullable<JobInput['target']> {
  if (target?.type === 'http') return { ...target, url: text.trim() }
  const argv = LINES.toValue(text)
  return target?.type === 'command' && Array.isArray(argv)
    ? { ...target, argv }
    : (target ?? { type: 'log' })
}

/** What a target has to be written over. */
export function textOf(target: JobInput['target']): string {
  if (target?.type === 'http') return target.url
  return target?.type === 'command' ? LINES.toText(target.argv) : ''
}
