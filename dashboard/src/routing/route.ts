import { signal } from '../signal/signal.ts'

/** What stands after the `#` of the address: `#/jobs/7?tab=runs`. */
export interface Route {
  /** `['jobs', '7']`; none for the overview. */
  readonly path: readonly string[]
  readonly query: Readonly<Record<string, string>>
}

/** What is to be changed of a query; null takes a value out. */
export type QueryChange = Readonly<Record<string, string | null>>

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const parts = path.split('/').filter((part) => part !== '')
  return {
    path: parts.map(decoded),
    query: Object.fromEntries(new URLSearchParams(query))
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Where the reader is. */
export const route = signal(parse(location.hash))

addEventListener('hashchange', () => {
  route.value = parse(location.hash)
})

/** The address of a screen, for links. */
export function hrefOf(path: readonly (string | number)[], query: QueryChange = {}): string {
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === '' ? [] : [[name, value] as [string, string]]
  )
  const search = new URLSearchParams(set).toString()
  const folder = path.map((part) => encodeURIComponent(part)).join('/')
  return `#/${folder}${search === '' ? '' : `?${search}`}`
}

/** Goes to a screen. */
export function navigate(path: readonly (string | number)[], query: QueryChange = {}): void {
  location.hash = hrefOf(path, query)
}

/** Changes the query of this screen, in place: what is typed into a filter is no step back. */
export function changeQuery(change: QueryChange): void {
  const { path, query } = route.value
  history.replaceState(null, '', hrefOf(path, { ...query, ...change }))
  route.value = parse(location.hash)
}
