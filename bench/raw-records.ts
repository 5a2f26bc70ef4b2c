/** A run that was recorded as running. */
export interface RawRun {
  id: number
  jobId: number
}

/** Jobs that are due at one instant. */
export interface RawDue {
  at: number
  ids: number[]
}

/**
 * The limit: the row writes of due → recorded with nothing but the driver. Nothing is decided, run or
 * told, and no other process is reckoned with.
 */
export interface RawConnection {
  /** The jobs of one share of the table that are due, now or later; null when none is. */
  findDue(part: number, of: number): Promise<RawDue | null>
  /**
   * One transaction, as ours are: the results of the runs that ended, and the runs of the jobs that
   * are due, as rows that the client has named one by one, in as few statements as there can be.
   */
  record(at: number, due: readonly number[], ended: readonly RawRun[]): Promise<RawRun[]>
  close(): Promise<void>
}

/** What is due of the rows read, which are all of one instant. */
export function toDue(rows: readonly { id: unknown; next_run_at: unknown }[]): RawDue | null {
  const [first] = rows
  if (first === undefined) return null
  return { at: Number(first.next_run_at), ids: rows.map((row) => Number(row.id)) }
}

/** Records everything that is due, so many runs a transaction, each with the results of the last. */
export async function recordAll(
  connection: RawConnection,
  { at, ids }: RawDue,
  batch: number
): Promise<void> {
  let ended: RawRun[] = []
  for (let first = 0; first < ids.length; first += batch) {
    ended = await connection.record(at, ids.slice(first, first + batch), ended)
  }
  await connection.record(at, [], ended)
}
