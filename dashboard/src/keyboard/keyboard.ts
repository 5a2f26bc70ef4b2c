import { may } from '../live/access.ts'
import { togglePaused } from '../live/connection.ts'
import { dismissAll } from '../parts/notices.tsx'
import { navigate } from '../routing/route.ts'
import { isHelpShown } from './help.tsx'
import { keyChoice } from './key-choice.ts'
import { controlOf, moveInRows, openRow } from './rows.ts'
import { runAsked } from './run-question.tsx'

const PLACES: ReadonlyMap<string, readonly string[]> = new Map([
  ['o', []],
  ['j', ['jobs']],
  ['r', ['runs']],
  ['s', ['schedule']]
])

const ACTIONS: ReadonlyMap<string, () => void> = new Map([
  ['/', focusSearch],
  ['?', () => void (isHelpShown.value = true)],
  ['g', () => void (isGoing = true)],
  ['j', () => moveInRows(1)],
  ['k', () => moveInRows(-1)],
  ['x', () => controlOf('x')?.click()],
  ['r', () => void (runAsked.value = controlOf('r'))],
  ['p', () => controlOf('p')?.click()],
  ['n', () => void (may('write') && navigate(['jobs', 'new']))],
  ['.', togglePaused],
  ['Escape', dismissAll]
])

/** Boxes and radios take no letters. */
const FIELDS = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]'

/** After `g`, the next key says where to. */
let isGoing = false

/** Begins to listen to single keys, for as long as the page is there. */
export function listenToKeys(): void {
  document.addEventListener('keydown', press)
}

function press(event: KeyboardEvent): void {
  const { key, target } = event
  if (!(target instanceof Element) || isMeantOtherwise(event, target)) return
  const place = isGoing ? PLACES.get(key) : undefined
  isGoing = false
  const isBox = key === 'Enter' && target.matches('tbody input')
  const action = isBox ? openRow : ACTIONS.get(key)
  if (place === undefined && action === undefined) return
  event.preventDefault()
  if (place === undefined) action?.()
  else navigate(place)
}

/** Typing, combinations that are the browser's own, and what an open dialog or menu is asked. */
function isMeantOtherwise(event: KeyboardEvent, target: Element): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return true
  if (keyChoice.value === 'off' || target.closest(FIELDS) !== null) return true
  return event.defaultPrevented || document.querySelector('dialog[open], :popover-open') !== null
}

function focusSearch(): void {
  const field = document.getElementById('search')
  if (field instanceof HTMLInputElement) field.select()
  field?.focus()
}
