/**
 * Keeps the focus on an element that a list moves when it is sorted anew, in browsers that have no
 * `moveBefore` (DOM) yet: there it is taken out and put in again, and what is taken out loses the focus.
 */
export function keepFocus(): void {
  let held: HTMLElement | null = null
  document.addEventListener('focusin', ({ target }) => {
    held = target instanceof HTMLElement ? target : null
  })
  // Whoever points at something else has let go.
  document.addEventListener('pointerdown', () => {
    held = null
  })
  const look = (records: readonly MutationRecord[]): void => {
    if (held === null || !held.isConnected || document.activeElement !== document.body) return
    const wasMoved = records.some(({ removedNodes }) =>
      [...removedNodes].some((node) => node.contains(held))
    )
    if (wasMoved) held.focus({ preventScroll: true })
  }
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
}
