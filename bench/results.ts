import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import path from 'node:path'
import { BENCH } from './places.ts'
import { machine, verdictOf, type Line } from './report.ts'

const RESULTS = path.join(BENCH, 'RESULTS.md')

const HEAD = `# Results

What \`npm run bench\` measured last, part by part. Absolute figures are those of one machine on one day; what
counts are the ratios, whose two sides were measured in turn in one run. "Beside" is what ours is
held against: bare writes by the driver, bare timers, plain Fastify, undici alone, others. The load is that of
the whole machine over the last minute: with more than its processors, others were at work on
it at the same time, and figures of time are worse than the program's own.
`

/** Keeps what a part has measured, in place of what it measured before. */
export function keepResults(title: string, lines: readonly Line[]): void {
  const sections = readSections()
  sections.set(title, sectionOf(lines))
  const texts = [...sections].map(([name, text]) => `## ${name}\n\n${text.trim()}\n`)
  writeFileSync(RESULTS, [HEAD, ...texts].join('\n'))
}

function readSections(): Map<string, string> {
  if (!existsSync(RESULTS)) return new Map()
  const [, ...parts] = readFileSync(RESULTS, 'utf8').split(/^## /m)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      return [part.slice(0, end), part.slice(end)]
    })
  )
}

function sectionOf(lines: readonly Line[]): string {
  const [load = 0] = loadavg()
  const day = new Date().toISOString().slice(0, 10)
  const rows = lines.map((line) => {
    const { what, ours, limit = '', ratio, aim = '' } = line
    return [what, ours, limit, ratio?.toFixed(2) ?? '', aim, verdictOf(line)]
  })
  const table = [
    ['what', 'ours', 'beside', 'ratio', 'aim', ''],
    ['---', '---', '---', '---', '---', '---'],
    ...rows
  ]
  const text = table.map((row) => `| ${row.join(' | ')} |`).join('\n')
  return `${day}, ${machine()}, load ${load.toFixed(1)}.\n\n${text}`
}
