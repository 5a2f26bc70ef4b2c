import { Type } from '@sinclair/typebox'
import { checkJobInput } from './define-job.ts'
import { CarillonError, type Fault } from './errors.ts'
import type { JobInput } from './job.ts'
import { Manifest, MAX_MANIFEST_JOBS } from './manifest.ts'
import { createParser, shown } from './validation.ts'

const MAX_FAULTS = 20

/** Each job is checked by itself: what is then said of a fault is more than a schema can. */
const parseOutline = createParser(
  Type.Object(
    {
      ...Type.Partial(Manifest).properties,
      jobs: Type.Array(Type.Unknown(), { maxItems: MAX_MANIFEST_JOBS })
    },
    { additionalProperties: false }
  ),
  'body'
)

/** A job of a manifest, which has a key. */
export type ManifestJob = JobInput & { key: string }

/** A manifest whose jobs have been checked, all but their schedules. */
export interface CheckedManifest {
  jobs: ManifestJob[]
  tag: string | undefined
  prune: boolean
}

/** @throws CarillonError `validation_failed` with the faults of all jobs, at most twenty */
export function checkManifest(value: unknown): CheckedManifest {
  const { jobs, tag, prune = false } = parseOutline(value)
  const faults = collectFaults()
  const keys = new Map<string, number>()
  const checked = jobs.map((job, index) =>
    faults.of(index, () => {
      const input = withTag(checkJobInput(job), tag)
      checkUnique(input, index, keys)
      return input
    })
  )
  faults.throwAny()
  return { jobs: checked.filter((job) => job !== null), tag, prune }
}

/** Gathers what is wrong with the jobs of a manifest, with pointers into the manifest. */
export interface FaultsOfJobs {
  /** Does something with the job of this index; null where that is refused. */
  of<Result>(index: number, work: () => Result): Result | null
  ofAsync<Result>(index: number, work: () => Promise<Result>): Promise<Result | null>
  /** @throws CarillonError `validation_failed` if anything was refused */
  throwAny(): void
}

export function collectFaults(): FaultsOfJobs {
  const faults: Fault[] = []
  const note = (index: number, error: unknown): null => {
    if (!(error instanceof CarillonError) || error.code !== 'validation_failed') throw error
    const said = error.faults.length > 0 ? error.faults : [{ pointer: '', detail: error.message }]
    for (const { pointer, detail } of said) {
      faults.push({ in: 'body', pointer: `/jobs/${index}${pointer}`, detail })
    }
    return null
  }
  return {
    of: (index, work) => {
      try {
        return work()
      } catch (error) {
        return note(index, error)
      }
    },
    ofAsync: (index, work) => work().catch((error: unknown) => note(index, error)),
    throwAny: () => {
      const [first] = faults
      if (first === undefined) return
      const message = `${first.detail} (in ${first.pointer}; nothing was changed)`
      throw new CarillonError('validation_failed', message, { faults: faults.slice(0, MAX_FAULTS) })
    }
  }
}

function withTag(input: JobInput, tag: string | undefined): JobInput {
  if (tag === undefined || input.tags?.includes(tag) === true) return input
  return checkJobInput({ ...input, tags: [...(input.tags ?? []), tag] })
}

function checkUnique(
  input: JobInput,
  index: number,
  keys: Map<string, number>
): asserts input is ManifestJob {
  const { key } = input
  if (key == null) {
    throw refused('"key" is missing; a manifest names each of its jobs by a key.')
  }
  const earlier = keys.get(key)
  if (earlier !== undefined) {
    throw refused(
      `"key" is ${shown(key)}, which job ${earlier} of the manifest has; give each its own.`
    )
  }
  keys.set(key, index)
}

function refused(detail: string): CarillonError {
  const faults = [{ in: 'body' as const, pointer: '/key', detail }]
  return new CarillonError('validation_failed', detail, { faults })
}
