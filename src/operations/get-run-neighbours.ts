import type { RunNeighbours } from '../domain/run-neighbours.ts'
import { findNeighbours } from '../store/run-neighbours.ts'
import { getRunRow } from './cancel-run.ts'
import type { Core } from './core.ts'

/**
 * The runs of the same job before and after a run, in the order of the job's list.
 * @throws CarillonError `run_not_found`
 */
export async function getRunNeighbours({ db }: Core, id: number): Promise<RunNeighbours> {
  const { before, after } = await findNeighbours(db, await getRunRow(db, id))
  return { previous_run_id: before, next_run_id: after }
}
