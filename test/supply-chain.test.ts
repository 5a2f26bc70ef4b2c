/** What comes along with the package, and what may get in. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { test } from 'tap'
import { broughtRows, directRows } from '../scripts/dependency-page.ts'
import { directNames, locked, runtimeTree } from '../scripts/runtime-tree.ts'
import { readPage, ROOT, tableRows } from './helpers/markdown.ts'

/** Licences that ask for no more than to be named. */
const LICENCES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0']

interface Manifest {
  scripts: Record<string, string>
  allowScripts: Record<string, boolean>
}
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const manifest = JSON.parse(read('package.json')) as Manifest

test('every locked package has a checksum, and none names a registry', (t) => {
  t.ok(locked.length > 100)
  for (const [place, { integrity }] of locked) {
    if (!/^sha512-[\w+/]{86}==$/.test(integrity ?? '')) t.fail(place)
  }
  t.notMatch(read('package-lock.json'), /"resolved"|\/\/registry\./)
  t.match(read('.npmrc'), /^omit-lockfile-registry-resolved=true$/m, 'and it stays so')
  t.end()
})

test('no package that comes along runs a script when it is installed, and a new one cannot', (t) => {
  const scripted = locked.filter(([, { hasInstallScript = false }]) => hasInstallScript)
  t.strictSame(
    scripted.map(([place, { dev }]) => [place, dev]),
    [['node_modules/node', true]],
    'the Node of the tests is fetched by one'
  )
  // npm would compile what has its binaries with it.
  t.strictSame(manifest.allowScripts, { 'better-sqlite3': false, node: true })
  t.match(read('.npmrc'), /^strict-allow-scripts=true$/m)
  const own = Object.keys(manifest.scripts)
  t.strictSame(
    own.filter((name) => /install|prepare$|uninstall/.test(name)),
    []
  )
  t.end()
})

test('everything that comes along has a licence that asks for no more than its name', (t) => {
  for (const { name, license } of runtimeTree)
    t.ok(LICENCES.includes(license), `${name} ${license}`)
  t.end()
})

test('the page of dependencies is what there is, with a reason for each', (t) => {
  const page = readPage('docs/dependencies.md')
  t.strictSame(tableRows(page, 'dependencies'), directRows)
  t.strictSame(tableRows(page, 'brought along'), broughtRows)
  for (const [name = '', , reason] of directRows) t.match(reason, /^[A-Z].*\.$/, name)
  for (const [name = '', , needing] of broughtRows) t.match(needing, /`/, name)
  t.equal(directRows.length, directNames.length)
  t.end()
})

test('the bill of materials names everything that comes along, and nothing else', (t) => {
  // The runner puts a hook of its own into every process.
  const env = { ...process.env, NODE_OPTIONS: '' }
  const script = path.join(ROOT, 'scripts/sbom.ts')
  const text = execFileSync(process.execPath, [script], { cwd: ROOT, env, encoding: 'utf8' })
  const bom = JSON.parse(text) as {
    bomFormat: string
    components: { 'bom-ref': string; hashes?: unknown[]; licenses?: unknown[] }[]
    dependencies: { ref: string; dependsOn: string[] }[]
  }
  t.equal(bom.bomFormat, 'CycloneDX')
  const named = bom.components.map((one) => one['bom-ref'])
  const expected = new Set(runtimeTree.map(({ name, version }) => `${name}@${version}`))
  t.strictSame(named.toSorted(), [...expected].toSorted())
  for (const one of bom.components) {
    t.ok(one.hashes?.length === 1 && one.licenses?.length === 1, one['bom-ref'])
  }
  const known = new Set([...named, ...bom.dependencies.map(({ ref }) => ref)])
  t.ok(bom.dependencies.flatMap(({ dependsOn }) => dependsOn).every((ref) => known.has(ref)))
  t.end()
})
