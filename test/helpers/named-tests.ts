import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './markdown.ts'

/** A text as a pattern for exactly itself. */
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Whether a file has a test of this name; names may be put together of a template. */
export function hasTest(file: string, name: string): boolean {
  if (!existsSync(path.join(ROOT, file))) return false
  const text = readFileSync(path.join(ROOT, file), 'utf8')
  // Plain, or as the first thing of an entry of a table that tests are made of.
  if (new RegExp(String.raw`(?:\b(?:test\w*|together)\(|\[)\s*'${escaped(name)}',`).test(text)) {
    return true
  }
  return [...text.matchAll(/\btest\w*\(\s*`([^`]+)`/g)].some(([, template = '']) => {
    const pattern = template
      .split(/\$\{[^}]*\}/)
      .map(escaped)
      .join('.+')
    return new RegExp(`^${pattern}$`).test(name)
  })
}

/** What is wrong with a cell of tests, each as "`file`: name"; nothing where all are there. */
export function faultsOfTests(cell: string): string[] {
  return cell.split('<br>').filter((named) => {
    const [, file = '', name = ''] = /^`(test\/[\w/.-]+\.test\.ts)`: (.+)$/.exec(named) ?? []
    return file === '' || !hasTest(file, name)
  })
}
