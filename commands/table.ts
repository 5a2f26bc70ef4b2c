import { stripVTControlCharacters } from 'node:util'

/** A column of a table for people. */
export interface Column<Row> {
  title: string
  cell(row: Row): string
  /** Whether it gives way first when the terminal is too narrow. */
  shrinks?: boolean
}

const GAP = 2
const LEAST = 8

/** Lines of a table no wider than `width`; what does not fit is cut off where columns give way. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number
): string {
  const cells = rows.map((row) => columns.map(({ cell }) => oneLine(cell(row))))
  const titles = columns.map(({ title }) => title)
  const widths = titles.map((title, index) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index] ?? '')))
  )
  let surplus = widths.reduce((sum, one) => sum + one + GAP, -GAP) - width
  // The first columns say what it is about: they give way last.
  for (const [index, { shrinks }] of [...columns.entries()].toReversed()) {
    if (shrinks !== true || surplus <= 0) continue
    const now = widths[index] ?? 0
    const next = Math.max(LEAST, now - surplus)
    surplus -= now - next
    widths[index] = next
  }
  const line = (row: readonly string[]): string =>
    row
      .map((text, index) => fitted(text, widths[index] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd()
  return [titles, ...cells].map((row) => `${line(row)}\n`).join('')
}

/** Nothing that somebody named may move the cursor or paint the terminal. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- those are what is taken out
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
}

/** East Asian characters and pictures take two places (Unicode Standard Annex 11, roughly). */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u
const segmenter = new Intl.Segmenter()

function widthOf(text: string): number {
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += WIDE.test(segment) ? 2 : 1
  return width
}

function fitted(text: string, width: number): string {
  const missing = width - widthOf(text)
  if (missing >= 0) return text + ' '.repeat(missing)
  let kept = ''
  for (const { segment } of segmenter.segment(text)) {
    if (widthOf(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…${' '.repeat(width - 1 - widthOf(kept))}`
}
