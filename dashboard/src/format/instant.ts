const formats = new Map<string, Intl.DateTimeFormat>()

/** An instant with its zone: "2026-03-02 09:00:00 GMT+1". */
export function formatInstant(at: string | number, timeZone: string): string {
  const format = formats.get(timeZone) ?? createFormat(timeZone)
  formats.set(timeZone, format)
  return format.format(new Date(at)).replace(', ', ' ')
}

/** The time of day alone: "09:00:00". */
export function formatTime(at: string | number, timeZone: string): string {
  return formatInstant(at, timeZone).slice(11, 19)
}

/** Of all locales, Swedish writes dates as ISO 8601 does. */
function createFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: undefined,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short'
  })
}
