import fp from 'fastify-plugin'
import { COMMANDS_ALLOWED } from '../src/domain/target.ts'
import { INVARIANT_WORDS } from '../src/domain/invariant.ts'
import { appOf } from './instance.ts'

/** Writes what the core announces and an operator should see, one line an event. */
export default fp(
  async (instance) => {
    const { log, scheduler } = appOf(instance)
    const { events } = scheduler
    events.on('runs_settled', ({ runs }) => {
      for (const { run, state, error } of runs) {
        if (error === null) continue
        const fields = { job_id: run.job_id, run_id: run.id, attempt: run.attempt, error }
        log.warn(
          fields,
          state === 'pending' ? 'An attempt failed; it is tried again.' : 'A run failed.'
        )
      }
    })
    events.on('job_changed', ({ change: { id, job_id, action, actor, address, version } }) => {
      const fields = { change_id: id, job_id, action, actor, address, version }
      log.info(fields, 'A job was changed.')
    })
    events.on('occurrences_not_run', (event) => log.info(event, 'Occurrences were not run.'))
    events.on('handler_missing', (event) =>
      log.warn(
        event,
        event.handler === COMMANDS_ALLOWED
          ? 'A run waits for a process with CARILLON_ALLOW_COMMANDS.'
          : 'A run waits for its handler.'
      )
    )
    events.on('job_recomputed', (event) =>
      log.warn(event, 'Newer time-zone data moved the next run of a job.')
    )
    events.on('job_broken', (event) => log.error(event, 'A job was paused: it cannot be read.'))
    events.on('job_paused_by_target', (event) => log.warn(event, 'A target had its job paused.'))
    events.on('runs_rescued', (event) => log.warn(event, 'Runs of a dead process were taken back.'))
    events.on('result_refused', ({ run }) =>
      log.warn({ job_id: run.job_id, run_id: run.id }, 'A result came too late and was refused.')
    )
    events.on('lease_lost', (event) => log.error(event, 'Another process took the runs over.'))
    events.on('process_stalled', (event) =>
      log.warn(
        event,
        'The process stood still while these handlers were under way; move what computes for long to a worker thread or a process of its own.'
      )
    )
    events.on('target_tested', (event) => log.info(event, 'A target was tried.'))
    events.on('scheduling_changed', ({ scheduling: { state, reason }, caller }) => {
      if (state === 'paused') log.warn({ reason, ...caller }, 'All scheduling was paused.')
      else log.info(caller, 'All scheduling goes on.')
    })
    events.on('key_created', (event) => log.info(event, 'An API key was made.'))
    events.on('key_revoked', (event) => log.info(event, 'An API key was revoked.'))
    events.on('invariant_violated', (event) => {
      const { broken, advice } = INVARIANT_WORDS[event.invariant]
      if (event.count > 0) log.error(event, `${broken} ${event.repair ?? advice}`)
      else log.info(event, 'An invariant holds again.')
    })
    events.on('pass_failed', ({ loop, error }) =>
      log.error({ loop, err: error }, 'A round failed; it is tried again.')
    )
    events.on('listener_failed', ({ event, error }) =>
      log.error({ event, err: error }, 'A listener failed.')
    )
  },
  { name: 'carillon-event-log', dependencies: ['carillon-scheduler'] }
)
