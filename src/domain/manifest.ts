import { Type, type Static } from '@sinclair/typebox'
import { JobInput } from './job.ts'
import { nullable, ONE_LINE, words } from './schema.ts'

export const MAX_MANIFEST_JOBS = 1_000

const Tag = Type.String({ ...ONE_LINE, minLength: 1, maxLength: 100 })

/** The jobs that are to be there, each named by its key. */
export const Manifest = Type.Object(
  {
    jobs: Type.Array(JobInput, { maxItems: MAX_MANIFEST_JOBS }),
    tag: Type.Optional(
      Type.String({
        ...Tag,
        description: 'Every job gets this tag, and only jobs that have it are pruned.'
      })
    ),
    prune: Type.Optional(
      Type.Boolean({ description: 'Delete the jobs with a key that are not in the manifest.' })
    )
  },
  { additionalProperties: false, $id: 'Manifest' }
)
export type Manifest = Static<typeof Manifest>

/** What a manifest does to a job. */
export const MANIFEST_ACTIONS = ['created', 'updated', 'unchanged', 'deleted'] as const

export const ManifestChange = Type.Object({
  action: words(MANIFEST_ACTIONS),
  key: Type.String(),
  id: nullable(Type.Integer({ description: 'Null for a job that a dry run would create.' })),
  name: Type.String(),
  version: Type.Integer(),
  diff: nullable(
    Type.Record(Type.String(), Type.Object({ before: Type.Unknown(), after: Type.Unknown() }), {
      description: 'Of an updated job, each field that differs.'
    })
  ),
  next_run_at: nullable(Type.String())
})
export type ManifestChange = Static<typeof ManifestChange>

/** What became of a manifest, or would. */
export const ManifestReport = Type.Object(
  {
    dry_run: Type.Boolean(),
    changes: Type.Array(ManifestChange, {
      description: 'In the order of the manifest; deleted jobs last.'
    }),
    created: Type.Integer(),
    updated: Type.Integer(),
    unchanged: Type.Integer(),
    deleted: Type.Integer()
  },
  { $id: 'ManifestReport' }
)
export type ManifestReport = Static<typeof ManifestReport>

/** Every job as it was defined, to be kept or applied elsewhere. */
export const Export = Type.Object(
  { jobs: Type.Array(JobInput, { description: 'In the order of their ids.' }) },
  { $id: 'Export' }
)
export type Export = Static<typeof Export>
