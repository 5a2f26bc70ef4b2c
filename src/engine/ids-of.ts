/** The ids of jobs or runs. */
export function idsOf(rows: readonly { id: number }[]): number[] {
  return rows.map((row) => row.id)
}
