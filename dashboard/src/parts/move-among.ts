/**
 * Moves the focus among the links of pictures by arrow keys; one link of each picture is reached by Tab
 * (WAI-ARIA APG, roving tabindex). For `onKeyDown` of a picture, or of what holds several of them.
 */
export function moveAmong(event: KeyboardEvent): void {
  const { currentTarget: place, target, key } = event
  if (!(place instanceof Element) || !(target instanceof SVGAElement)) return
  const rows = place instanceof SVGElement ? [place] : [...place.querySelectorAll('svg')]
  const row = rows.findIndex((one) => one.contains(target))
  const at = linksOf(rows[row]).indexOf(target)
  const [down, right] = STEPS[key] ?? [0, 0]
  const links = linksOf(rows[row + down])
  const next = links[Math.min(Math.max(at + right, 0), links.length - 1)]
  if (next === undefined || next === target) return
  event.preventDefault()
  target.setAttribute('tabindex', '-1')
  next.setAttribute('tabindex', '0')
  next.focus()
}

const STEPS: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, -Infinity],
  End: [0, Infinity]
}

function linksOf(row: Element | undefined): SVGAElement[] {
  return [...(row?.querySelectorAll<SVGAElement>('a') ?? [])]
}
