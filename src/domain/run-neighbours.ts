import { Type, type Static } from '@sinclair/typebox'
import { nullable } from './schema.ts'

/** The runs of the same job before and after a run, by occurrence. */
export const RunNeighbours = Type.Object({
  previous_run_id: nullable(Type.Integer()),
  next_run_id: nullable(Type.Integer())
})
export type RunNeighbours = Static<typeof RunNeighbours>
