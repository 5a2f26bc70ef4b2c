/** Who asks for something, and from where. */
export interface Caller {
  /** Such as `configuration`, for the key of the configuration; null where nobody has to say. */
  readonly actor: string | null
  /** The network address that the request came from; null for a call inside the process. */
  readonly address: string | null
}

/** Calls inside the process, by whoever wrote them. */
export const NOBODY: Caller = { actor: null, address: null }

/** What the scheduler does to jobs by itself, such as to end a pause. */
export const SCHEDULER: Caller = { actor: 'scheduler', address: null }
