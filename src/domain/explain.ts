import { eraAt, names, nextOccurrence, previousOccurrence, type Era } from './definition-history.ts'
import { compileExclusions } from './exclusion.ts'
import { sayRun, type Say, type Telling } from './explain-run.ts'
import type { ExplainedOutcome, Explanation } from './explanation.ts'
import { formatDuration } from './duration.ts'
import { formatInstant, formatInstantOrNull } from './instant.ts'
import { startDelayMs } from './jitter.ts'
import { jitterMs } from './job-definition.ts'
import type { JobState } from './job.ts'
import type { Run } from './run.ts'
import { sayInstant } from './say-instant.ts'
import { ordinalOf } from './outlook.ts'

/** A pause that had begun before the instant that is asked about. Epoch milliseconds. */
export interface Pause {
  since: number
  reason: string | null
  /** When it was to end by itself; that instant is no part of it. */
  until: number | null
  /** When someone ended it; that instant is still part of it. */
  resumedAt: number | null
}

/** All that is known of a job around one instant. Instants are epoch milliseconds. */
export interface JobHistory {
  jobId: number
  now: number
  createdAt: number
  deletedAt: number | null
  /** Null when it is deleted. */
  state: JobState | null
  /** The definitions that were in force, oldest first; at least one. */
  eras: readonly Era[]
  /** What is due next, an occurrence or the end of a pause; null when nothing is. */
  nextRunAt: number | null
  skipNext: number
  remainingRuns: number | null
  pause: Pause | null
  /** Since when and why nothing of any job is started; null while scheduling goes on. */
  allPaused: { paused_at: number; reason: string | null } | null
  /** Runs whose `scheduled_for` is this very instant. */
  runs: readonly Run[]
  /** The record of the last occurrence up to this instant, which may be a range. */
  lastRecord: Run | null
  /** The first occurrence after this instant that has a record. */
  nextRecordAt: number | null
  /** How long records are kept: by age, and by number. */
  retention: { ageMs: number; perJob: number }
}

/** What was decided; `run` is the record that says so. */
interface Verdict {
  outcome: ExplainedOutcome
  occurrence: boolean
  sentence: string
  run?: Run
}

interface Question {
  at: number
  history: JobHistory
  say: Say
  /** The instant in words. */
  when: string
}

/** Says what became of an instant in the life of a job, and why. */
export function explain(at: number, history: JobHistory): Explanation {
  const { eras } = history
  const era = eraAt(eras, at) ?? (at <= history.createdAt ? eras[0] : eras.at(-1))
  const timezone = era?.definition.timezone ?? 'UTC'
  const say: Say = (instant) => sayInstant(instant, timezone)
  const verdict = decide({ at, history, say, when: say(at) })
  return {
    at: formatInstant(at),
    ...verdict,
    sentence: verdict.sentence + heldBack(verdict, history, say),
    previous: formatInstantOrNull(previousOccurrence(eras, at)),
    next: verdict.outcome === 'finished' ? null : formatInstantOrNull(nextOccurrence(eras, at))
  }
}

/** What has not begun does not begin either while all scheduling is paused. */
function heldBack({ outcome }: Verdict, { allPaused }: JobHistory, say: Say): string {
  if (allPaused === null || (outcome !== 'pending' && outcome !== 'planned')) return ''
  return ` But all scheduling is paused, since ${say(allPaused.paused_at)}: nothing starts until it is resumed.${sayReason(allPaused.reason)}`
}

function sayReason(reason: string | null): string {
  return reason === null ? '' : ` Reason: ${reason.replace(/[.\s]+$/, '')}.`
}

function decide(question: Question): Verdict {
  const { at, history, say, when } = question
  const { createdAt, deletedAt } = history
  const recorded = recordedVerdict(question)
  if (recorded !== null) return recorded
  if (at <= createdAt) {
    const sentence = `Nothing was due at ${when}: the job was created only at ${say(createdAt)}.`
    return { outcome: 'before_creation', occurrence: false, sentence }
  }
  if (deletedAt !== null && at > deletedAt) {
    const sentence = `Nothing was due at ${when}: the job had been deleted at ${say(deletedAt)}.`
    return { outcome: 'deleted', occurrence: false, sentence }
  }
  const era = eraAt(history.eras, at)
  if (era === undefined) return forgottenDefinition(question)
  if (!names(era.schedule, at)) return notNamed(question, era)
  return at > history.now ? future(question, era) : past(question, era)
}

/** A record of this very instant says it all; a backfill tells what came of it in the end. */
function recordedVerdict(question: Question): Verdict | null {
  const { history, when } = question
  const planned = history.runs.find((run) => run.cause === 'schedule' || run.cause === 'catch_up')
  const backfill = history.runs.find((run) => run.cause === 'backfill')
  const unrun = planned === undefined || planned.state === 'skipped' || planned.state === 'missed'
  if (backfill !== undefined && unrun) {
    const before =
      planned === undefined
        ? ''
        : `${sayRun(planned, subjectOf(when), tellingOf(planned, question))} `
    const sentence = `${before}${sayRun(backfill, `A backfill of ${when}`, tellingOf(backfill, question))}`
    return { outcome: backfill.state, occurrence: true, sentence, run: backfill }
  }
  if (planned === undefined) return null
  const note = planned.cause === 'catch_up' ? ' It was made up for after it had been missed.' : ''
  const sentence = `${sayRun(planned, subjectOf(when), tellingOf(planned, question))}${note}`
  return { outcome: planned.state, occurrence: true, sentence, run: planned }
}

function tellingOf(run: Run, { history, say }: Question): Telling {
  const era = history.eras.find(({ version }) => version === run.job_version)
  return { say, target: era?.definition.target.type }
}

function subjectOf(when: string): string {
  return `The occurrence of ${when}`
}

/** The definition in force does not name the instant: perhaps another one does, or none ever did. */
function notNamed(question: Question, era: Era): Verdict {
  const { at, history, say, when } = question
  const others = history.eras.filter((other) => other !== era && names(other.schedule, at))
  const other = others.at(-1)
  if (other !== undefined) {
    const sentence = `Nothing was due at ${when}: ${editOf(era, other, say)}`
    return { outcome: 'edited', occurrence: false, sentence }
  }
  const { start_date: start, end_date: end } = era.definition
  if (start !== null && at < Date.parse(start)) {
    const sentence = `Nothing was due at ${when}: the job starts only at ${say(Date.parse(start))}.`
    return { outcome: 'before_start', occurrence: false, sentence }
  }
  if (end !== null && at > Date.parse(end)) {
    const sentence = `Nothing is due at ${when}: the job ended at its end_date, ${say(Date.parse(end))}.`
    return { outcome: 'after_end', occurrence: false, sentence }
  }
  if (era.schedule.next(at) === null) return finished(question, false)
  return notAnOccurrence(question)
}

function editOf(era: Era, other: Era, say: Say): string {
  if (other.after >= era.after) {
    return `version ${era.version} of the job, in force then, does not name it; version ${other.version} does, but is in force only since ${say(other.after)}.`
  }
  return `version ${other.version} of the job names it, but was replaced at ${say(other.until ?? era.after)} by a definition that does not.`
}

function notAnOccurrence(question: Question): Verdict {
  const { at, history, say, when } = question
  const previous = previousOccurrence(history.eras, at)
  const next = nextOccurrence(history.eras, at)
  const before =
    previous === null ? 'there is none before it' : `the one before is ${say(previous)}`
  const after = next === null ? 'there is none after it' : `the one after is ${say(next)}`
  const sentence = `${when} is not an occurrence of the job: ${before}, and ${after}.`
  const verdict = { outcome: 'not_an_occurrence', occurrence: false } as const
  const [manual] = history.runs
  if (manual === undefined) return { ...verdict, sentence }
  const byHand = sayRun(
    manual,
    'What was started by hand at this instant',
    tellingOf(manual, question)
  )
  return { ...verdict, sentence: `${sentence} ${byHand}`, run: manual }
}

function past(question: Question, era: Era): Verdict {
  const { at, history, when } = question
  const { lastRecord: record, pause } = history
  const occurrence = true
  if (record !== null && record.to !== null && at <= Date.parse(record.to)) {
    const sentence = sayRun(record, subjectOf(when), tellingOf(record, question))
    return { outcome: record.state, occurrence, sentence, run: record }
  }
  if (pause !== null && isPaused(pause, at)) return paused(question, pause)
  if (history.nextRunAt !== null && at >= history.nextRunAt) {
    const sentence = `${subjectOf(when)} is due and not recorded yet; a scheduler does that as soon as it runs.`
    return { outcome: 'pending', occurrence, sentence }
  }
  if (hadFinished(question, era)) return finished(question, true)
  return forgottenRecord(question)
}

function isPaused({ since, until, resumedAt }: Pause, at: number): boolean {
  return at > since && (until === null || at < until) && (resumedAt === null || at <= resumedAt)
}

function paused({ at, history, say, when }: Question, pause: Pause): Verdict {
  const { since, until, resumedAt, reason } = pause
  const why = sayReason(reason)
  const ends = resumedAt === null ? until : Math.min(resumedAt, until ?? resumedAt)
  const sentence =
    at > history.now
      ? `${subjectOf(when)} will not run: the job is paused since ${say(since)}${until === null ? ', until someone resumes it' : ` until ${say(until)}`}.${why}`
      : `${subjectOf(when)} did not run: the job was paused from ${say(since)}${ends === null ? ' on' : ` to ${say(ends)}`}.${why}`
  return { outcome: 'paused', occurrence: true, sentence }
}

/** Whether the job had all the runs it may have before this occurrence, which has no record. */
function hadFinished({ at, history }: Question, era: Era): boolean {
  const { nextRecordAt, lastRecord, now, retention } = history
  const ended = era.until !== null || history.state === 'finished'
  if (era.definition.max_runs === null || !ended) return false
  if (lastRecord === null && at < now - retention.ageMs) return false
  return nextRecordAt === null || (era.until !== null && nextRecordAt > era.until)
}

function finished({ at, history, say, when }: Question, limited: boolean): Verdict {
  const last = history.lastRecord?.scheduled_for
  const lastAt = last === undefined ? previousOccurrence(history.eras, at) : Date.parse(last)
  const ended = lastAt === null ? '' : `, ${say(lastAt)}`
  const why = limited
    ? `the job had had all the runs that max_runs allows; the last occurrence was before it${ended}`
    : `the last occurrence of the job was before it${ended}`
  const sentence = `Nothing is due at ${when}: ${why}.`
  return { outcome: 'finished', occurrence: false, sentence }
}

function future(question: Question, era: Era): Verdict {
  const { at, history, when } = question
  if (history.pause !== null && isPaused(history.pause, at)) return paused(question, history.pause)
  if (history.state === 'finished') return finished(question, true)
  const sentence = `${subjectOf(when)} is planned.${notesOn(at, history, era)}`
  return { outcome: 'planned', occurrence: true, sentence }
}

/** What may keep a planned occurrence from running at its instant. */
function notesOn(at: number, history: JobHistory, { definition, schedule }: Era): string {
  const isExcluded = compileExclusions(definition.exclude, definition.timezone)
  if (isExcluded(at)) return ' But the job excludes this time: it will be recorded as skipped.'
  const { skipNext, remainingRuns, jobId } = history
  const notes: string[] = []
  if (skipNext > 0 || remainingRuns !== null) {
    const ordinal = ordinalOf({ ...history, schedule, isExcluded }, at)
    if (ordinal <= skipNext) return ' But someone asked to skip it: it will be recorded as skipped.'
    if (remainingRuns !== null && ordinal - skipNext > remainingRuns) {
      notes.push(
        ` But the job ends after ${remainingRuns} more ${remainingRuns === 1 ? 'run' : 'runs'}, probably before it.`
      )
    }
  }
  const next = schedule.next(at)
  const periodMs = next === null ? null : next - at
  const request = { jobId, occurrence: at, jitterMs: jitterMs(definition), periodMs }
  const delay = startDelayMs(request)
  if (delay > 0) notes.push(` Its jitter lets it start ${formatDuration(delay)} later.`)
  return notes.join('')
}

function forgottenRecord({ history, when }: Question): Verdict {
  const sentence = `There was an occurrence at ${when}, but what became of it is no longer known: ${kept(history)}`
  return { outcome: 'forgotten', occurrence: true, sentence }
}

function forgottenDefinition({ at, history, when }: Question): Verdict {
  const [oldest] = history.eras
  const occurrence = oldest !== undefined && names(oldest.schedule, at)
  const sentence = `What the job was to do at ${when} is no longer known: it has been changed since, and ${kept(history)}`
  return { outcome: 'forgotten', occurrence, sentence }
}

function kept({ retention: { ageMs, perJob } }: JobHistory): string {
  return `records are kept for ${formatDuration(ageMs)}, and the last ${perJob} of a job.`
}
