/** The id of an event: the start of the process that it is of, and its number. */
export function eventId(epoch: string, seq: number): string {
  return `${epoch}-${seq}`
}

/** The number in an id of this epoch; null for any other text. */
export function seqOf(id: string, epoch: string): number | null {
  const found = /^([0-9a-f]{1,32})-(\d{1,15})$/.exec(id)
  return found?.[1] === epoch ? Number(found[2]) : null
}
