import { readFileSync } from 'node:fs'
import path from 'node:path'

export const ROOT = path.join(import.meta.dirname, '../..')

/**
 * What the info-string of a fenced block may say, and what the tests do with such a block. A block
 * with any other is an error: nothing in the documentation is left unchecked by accident.
 */
export const BLOCK_RULES = {
  sh: 'run by bash, against a service of the page; curl fails on an error status',
  'sh error': 'the same, where an error status is what is shown',
  'sh key': 'the same, against a service with the API key in the file that the block reads',
  'sh carillon':
    'run by bash beside the database that a service left; databases of tests stand for the named ones',
  'sh npm': 'not run, as the tests run inside of npm: its scripts, files and flags must exist',
  'sh deploy': 'not run, as it needs a container engine: its files, versions and variables must be',
  'json job': 'posted as a job to an API of its own, which must accept it',
  'json command': 'the same, to one that starts programs',
  'json output': 'compared with what the block before it printed',
  js: 'type-checked and run to its end',
  'js serves': 'type-checked and kept running until the page ends',
  ts: 'type-checked and run to its end',
  'ts serves': 'type-checked and kept running until the page ends',
  'yaml alerts': 'checked by promtool, and for metrics that do not exist',
  text: 'for people only; counted'
} as const
export type BlockInfo = keyof typeof BLOCK_RULES

export function isBlockInfo(info: string): info is BlockInfo {
  return info in BLOCK_RULES
}

/** A fenced code block. */
export interface Block {
  info: string
  code: string
  /** Of its fence, from 1. */
  line: number
}

/** A page of the documentation. */
export interface Page {
  /** From the root of the repository. */
  file: string
  text: string
  blocks: Block[]
}

export function readPage(file: string): Page {
  const text = readFileSync(path.join(ROOT, file), 'utf8')
  return { file, text, blocks: blocksOf(text) }
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let open: Block | null = null
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*```(.*)$/.exec(line)
    if (fence === null) {
      if (open !== null) open.code += `${line}\n`
    } else if (open === null) {
      open = { info: fence[1]?.trim() ?? '', code: '', line: index + 1 }
    } else {
      blocks.push(open)
      open = null
    }
  }
  if (open !== null) throw new Error(`The block at line ${open.line} is not closed.`)
  return blocks
}

/** The text without its blocks. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(/^\s*```[\s\S]*?^\s*```$/gm, '')
}

/** The pictures of a page, for both themes. */
export function picturesOf(page: Page): string[] {
  return [...proseOf(page).matchAll(/ src(?:set)?="([^"]+)"/g)].map(([, file = '']) => file)
}

/** Where the links and pictures of a page lead that do not leave the repository. */
export function relativeLinks(page: Page): string[] {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  const targets = [...links, ...picturesOf(page)]
  return targets.filter((target) => !/^[a-z]+:/i.test(target))
}

/** The anchors of the headings of a page, as GitHub makes them. */
export function anchorsOf(page: Page): Set<string> {
  const headings = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-')
    )
  )
}

/** The lines of the table that follows the comment `<!-- name -->`. */
function tableLines(page: Page, name: string): string[] {
  const [, rest] = page.text.split(`<!-- ${name} -->\n`)
  if (rest === undefined) throw new Error(`${page.file} has no table marked "${name}".`)
  const lines = rest.trimStart().split('\n')
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.slice(0, end < 0 ? undefined : end)
}

/** The cells of that table, without its head. */
export function tableRows(page: Page, name: string): string[][] {
  return tableLines(page, name)
    .slice(2)
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
}

/** Everything in backquotes. */
export function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
}

/** What the first column of a table names. */
export function firstColumn(page: Page, name: string): string[] {
  return tableRows(page, name).flatMap(([first = '']) => codesIn(first))
}
