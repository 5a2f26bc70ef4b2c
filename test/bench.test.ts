/** What the bench says by names, which the compiler does not follow. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'tap'

const BENCH = path.join(import.meta.dirname, '../bench')

void test('every program that the bench starts is there', (t) => {
  const sources = readdirSync(BENCH).filter((name) => name.endsWith('.ts'))
  const names = sources.flatMap((source) => {
    const text = readFileSync(path.join(BENCH, source), 'utf8')
    return [...text.matchAll(/programOf\('([^']+)'\)|worker: '([^']+)'/g)].map(
      ([, own, worker]) => own ?? `peers/${worker}`
    )
  })
  t.ok(names.length > 3)
  for (const name of names) t.ok(existsSync(path.join(BENCH, `${name}.ts`)), name)
  t.end()
})
