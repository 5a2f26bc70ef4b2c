import { LRUCache } from 'lru-cache'
import { refuse } from '../errors.ts'

/** Longer than every name in the database. */
const MAX_LENGTH = 64

/**
 * The names that IANA has replaced, but under which Unicode's data (and so `Intl`) still knows a
 * zone: people expect the one they see elsewhere. From the `backward` file of the tz database.
 */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk'
}

/** Asking Intl costs far more than all the rest of a compilation. */
const found = new LRUCache<string, string>({ max: 2_000 })

/** The canonical IANA name of a zone, whatever the case or the alias; null for unknown ones. */
export function findTimezone(name: string): string | null {
  // Intl also takes offsets such as +01:00, which no IANA name starts with.
  if (name.length > MAX_LENGTH || !/^[a-z]/i.test(name)) return null
  const known = found.get(name) ?? askIntl(name)
  if (known !== null) found.set(name, known)
  return known
}

/** The canonical IANA name of a zone; refuses unknown ones at `/timezone`. */
export function canonicalTimezone(name: string): string {
  const known = findTimezone(name)
  if (known !== null) return known
  const shown = JSON.stringify(name.slice(0, MAX_LENGTH))
  throw refuse(
    '/timezone',
    `${shown} is not a time zone; write an IANA name such as Europe/Berlin.`
  )
}

function askIntl(name: string): string | null {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions()
    return RENAMED[timeZone] ?? timeZone
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
