import type { Work } from './form.ts'
import { withoutTyped } from './header-rows.ts'

/** What was typed and not saved, and when; in this window, for as long as it is open. */
export interface Kept {
  work: Work
  /** Epoch milliseconds. */
  at: number
}

/** The number changes with the shape of what is kept. */
const keyOf = (name: string): string => `carillon.draft.2.${name}`

/** A browser may refuse storage altogether. */
export function readKept(name: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(name)) ?? 'null')
  } catch {
    return null
  }
}

/** All but secrets that were typed. */
export function keep(name: string, work: Work): void {
  const draft = { ...work.draft, headers: work.draft.headers.map(withoutTyped) }
  const kept: Kept = { work: { ...work, draft }, at: Date.now() }
  try {
    sessionStorage.setItem(keyOf(name), JSON.stringify(kept))
  } catch {
    // Then it is forgotten with the page.
  }
}

export function dropKept(name: string): void {
  try {
    sessionStorage.removeItem(keyOf(name))
  } catch {
    // Nothing was kept, then.
  }
}
