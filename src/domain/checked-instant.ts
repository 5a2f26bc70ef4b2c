import { CarillonError, type Fault } from './errors.ts'
import { parseInstant } from './instant.ts'
import { shown } from './validation.ts'

/** Where a text stands that must be an instant. */
export type Place = Pick<Fault, 'in' | 'pointer'>

/**
 * Epoch milliseconds of a field that must be an instant.
 * @throws CarillonError `validation_failed`
 */
export function checkedInstant(place: Place, text: string): number {
  const at = parseInstant(text)
  if (at !== null) return at
  const field = place.pointer.slice(1).replaceAll('/', '.')
  // The one mistake that looks right: a form reads "+" as a space.
  const hint = place.in === 'query' ? '; write "+" as "%2B" in a URL' : ''
  const detail = `"${field}" is ${shown(text)}, but must be an RFC 3339 date-time with an offset, such as "2026-01-31T09:00:00Z"${hint}.`
  throw new CarillonError('validation_failed', detail, { faults: [{ ...place, detail }] })
}

/** The same for a field of a body. @throws CarillonError `validation_failed` */
export function instantInBody(pointer: string, text: string): number {
  return checkedInstant({ in: 'body', pointer }, text)
}

/** The same for a parameter of a query. @throws CarillonError `validation_failed` */
export function instantInQuery(field: string, text: string): number {
  return checkedInstant({ in: 'query', pointer: `/${field}` }, text)
}
