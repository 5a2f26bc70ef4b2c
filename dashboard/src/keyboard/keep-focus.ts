/** What had the focus last, and where it stood. */
interface Held {
  element: HTMLElement
  parent: Element | null
  /** Among the children of its parent. */
  index: number
}

const CONTROLS = 'a[href], button, input, select, textarea, summary'

/**
 * Keeps the focus where it is when what has it goes: on the element itself where a list is sorted anew
 * in browsers that have no `moveBefore` (DOM) yet, where it is taken out and put in again; on what
 * stands in its place now, such as "Resume" for "Pause"; else on the screen. Who works by keys would
 * have to begin at the top of the page otherwise.
 */
export function keepFocus(): void {
  let held: Held | null = null
  document.addEventListener('focusin', ({ target }) => {
    held = target instanceof HTMLElement ? placeOf(target) : null
  })
  // Whoever points at something else has let go.
  document.addEventListener('pointerdown', () => {
    held = null
  })
  const look = (): void => {
    if (held === null || document.activeElement !== document.body) return
    heirOf(held)?.focus({ preventScroll: true })
  }
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
}

function placeOf(element: HTMLElement): Held {
  const { parentElement: parent } = element
  return { element, parent, index: parent === null ? 0 : [...parent.children].indexOf(element) }
}

function heirOf({ element, parent, index }: Held): HTMLElement | null {
  if (element.isConnected) return element
  const inPlace = parent?.isConnected === true ? parent.children[index] : undefined
  if (inPlace instanceof HTMLElement && inPlace.matches(CONTROLS)) return inPlace
  return document.getElementById('main')
}
