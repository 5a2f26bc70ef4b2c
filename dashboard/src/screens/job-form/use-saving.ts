import { useState } from 'preact/hooks'
import { ProblemError, type Job, type JobInput } from '../../../../client.ts'
import { errorOf } from '../../format/error.ts'
import { notify } from '../../parts/notices.tsx'
import { runNow } from '../../parts/run-now.tsx'
import { navigate } from '../../routing/route.ts'
import { service } from '../../service.ts'
import { written } from './draft.ts'
import type { Form } from './form.ts'
import type { Race } from './lost-race.tsx'

interface Saving {
  /** What kept it from being saved, beside the faults of fields. */
  error: Error | null
  /** Somebody else was faster; null when nobody was. */
  race: Race | null
  isBusy: boolean
  /** What would be sent; null where the form holds what cannot be, which is said then. */
  checked(): JobInput | null
  save(andRun: boolean): Promise<void>
  /** Saves over what somebody else has saved. */
  saveOver(race: Race): Promise<null>
  endRace(): void
}

/** Stores what is in a form, under an id or as a new job; `done` is called before it leads away. */
export function useSaving(form: Form, id: number | null, done: () => void): Saving {
  const [error, setError] = useState<Error | null>(null)
  const [race, setRace] = useState<Race | null>(null)
  const [isBusy, setBusy] = useState(false)

  const checked = (): JobInput | null => {
    const { draft, base } = form.work.value
    const { input, faults } = written(draft, base)
    form.faults.value = faults
    setError(null)
    return faults.length === 0 ? input : null
  }
  const refused = async (cause: unknown, mine: JobInput): Promise<void> => {
    const isProblem = cause instanceof ProblemError
    if (isProblem && cause.status === 412 && id !== null) {
      setRace({ theirs: await service.getJob(id), mine })
      return
    }
    setRace(null)
    form.faults.value = isProblem ? cause.errors : []
    setError(form.faults.value.length === 0 ? errorOf(cause) : null)
  }
  const send = async (input: JobInput, version: number | null): Promise<Job | null> => {
    setBusy(true)
    try {
      const job = await stored(input, id, version)
      done()
      navigate(['jobs', job.id])
      return job
    } catch (cause) {
      await refused(cause, input).catch(setError)
      return null
    } finally {
      setBusy(false)
    }
  }
  const save = async (andRun: boolean): Promise<void> => {
    const input = isBusy ? null : checked()
    const job = input === null ? null : await send(input, form.work.value.version)
    if (job === null) return
    notify(`Saved "${job.name}".`)
    if (andRun) await runSaved(job)
  }
  const saveOver = async ({ mine, theirs }: Race): Promise<null> => {
    const job = await send(mine, theirs.version)
    if (job !== null) notify(`Saved "${job.name}" over what was changed meanwhile.`)
    return null
  }
  return { error, race, isBusy, checked, save, saveOver, endRace: () => setRace(null) }
}

function stored(input: JobInput, id: number | null, version: number | null): Promise<Job> {
  if (id === null) return service.createJob(input)
  return service.replaceJob(id, input, version === null ? {} : { versions: [version] })
}

/** It is saved, whatever becomes of this. */
async function runSaved({ id }: Job): Promise<void> {
  try {
    notify(await runNow(id))
  } catch (error) {
    notify(errorOf(error).message, true)
  }
}
