/** Where an engine is between its start and its end. */
export type EngineState = 'idle' | 'running' | 'stopping' | 'stopped'

/** How the engine is doing, for health checks and metrics. */
export interface EngineStatus {
  state: EngineState
  /** The id under which it holds runs; null while it holds none. */
  replica: number | null
  /** Epoch milliseconds of the last round that looked for due jobs; null before the first. */
  lastPassAt: number | null
  /** Epoch milliseconds of the last check of the invariants; null before the first. */
  lastCheckAt: number | null
  runsInFlight: number
  runSlots: number
}
