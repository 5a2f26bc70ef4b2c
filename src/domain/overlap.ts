/** What happens when a run is due while another run of the same job is not finished. */
export const OVERLAP_POLICIES = ['skip', 'queue_one', 'queue_all', 'replace', 'allow'] as const
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number]

/** Runs of one job that may wait behind the one that runs. */
export const MAX_QUEUED_RUNS = 100

/** The runs of a job that are in the way of a new one. */
export interface Occupancy {
  /** A run is running, or waits for a retry. */
  active: boolean
  /** Runs waiting behind the active one. */
  queued: number
}

export type OverlapDecision =
  /** Start it. */
  | 'start'
  /** Let it wait behind what is active. */
  | 'queue'
  /** The same, in place of everything that waits already. */
  | 'queue_latest'
  /** The same, and cancel what is active. */
  | 'replace'
  /** Record it as skipped, reason `overlap`. */
  | 'skip'
  /** Record it as skipped, reason `queue_full`. */
  | 'queue_full'

/** Decides for one new run; under every policy but `allow`, a job has at most one active run. */
export function decideOverlap(policy: OverlapPolicy, occupancy: Occupancy): OverlapDecision {
  if (policy === 'allow' || (!occupancy.active && occupancy.queued === 0)) return 'start'
  if (policy === 'skip') return 'skip'
  if (policy === 'queue_one') return 'queue_latest'
  if (policy === 'replace') return 'replace'
  return occupancy.queued < MAX_QUEUED_RUNS ? 'queue' : 'queue_full'
}
