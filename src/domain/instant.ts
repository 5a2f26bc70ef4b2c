// RFC 3339 §5.6, with the offset required: an instant without one means another moment on every host.
const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/

/** Epoch milliseconds of an RFC 3339 date-time with offset, or null when the text is none. */
export function parseInstant(text: string): number | null {
  const parts = RFC_3339.exec(text)
  if (parts === null) return null
  const day = Number(parts[3])
  // Date.parse takes 30 February for 1 March; an instant that does not exist is an error here.
  const daysInMonth = new Date(Date.UTC(Number(parts[1]), Number(parts[2]), 0)).getUTCDate()
  if (day > daysInMonth) return null
  const at = Date.parse(text.replace(' ', 'T'))
  return Number.isNaN(at) ? null : at
}

/** The same, where the text may be left out. */
export function parseInstantOrNull(text: string | null | undefined): number | null {
  return text == null ? null : parseInstant(text)
}

/** RFC 3339 in UTC with milliseconds, the form of every instant that the server writes. */
export function formatInstant(at: number): string {
  return new Date(at).toISOString()
}

/** The same, where null stands for "there is none". */
export function formatInstantOrNull(at: number | null): string | null {
  return at === null ? null : formatInstant(at)
}
