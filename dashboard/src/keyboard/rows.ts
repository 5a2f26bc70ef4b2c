const ROW = 'main tbody tr'
const LINK = 'th a, a'

/** Moves the focus to the row so many below; from elsewhere to the first or the last. */
export function moveInRows(step: 1 | -1): void {
  const rows = [...document.querySelectorAll(ROW)]
  const at = rows.findIndex((row) => row === focusedRow())
  const outside = step === 1 ? 0 : rows.length - 1
  const next = at === -1 ? rows[outside] : rows[at + step]
  linkOf(next)?.focus()
}

/** Opens the row, where the focus is on its box and not on its link. */
export function openRow(): void {
  linkOf(focusedRow())?.click()
}

/**
 * What a key presses: the control that names it in `aria-keyshortcuts`, in the row that has the focus
 * or, outside of rows, in the heading of the screen.
 */
export function controlOf(key: string): HTMLElement | null {
  const place = focusedRow() ?? document.querySelector('main .heading')
  return place?.querySelector<HTMLElement>(`[aria-keyshortcuts="${key}"]`) ?? null
}

function focusedRow(): Element | null {
  return document.activeElement?.closest(ROW) ?? null
}

function linkOf(row: Element | null | undefined): HTMLElement | null {
  return row?.querySelector<HTMLElement>(LINK) ?? null
}
