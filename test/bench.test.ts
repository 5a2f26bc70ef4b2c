/** What the bench decides before it measures, and what it says by names, which the compiler does not follow. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'tap'
import { fillMs } from '../bench/due-run.ts'

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

void test('who makes jobs slowly is given longer until they are due', (t) => {
  t.equal(fillMs(10_000, 0.001), 600, 'never less than what is usual')
  t.equal(fillMs(10_000, 1), 20_000, 'twice what it took before')
  t.end()
})
