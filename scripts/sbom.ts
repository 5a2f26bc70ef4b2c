/**
 * Prints the software bill of materials of what is published, in CycloneDX. npm makes it; but with
 * `--omit dev` it leaves out what a tool of ours needs as well, Fastify among it, so it is asked for
 * everything, and what is for tools alone is taken out here.
 */
import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { runtimeTree } from './runtime-tree.ts'

interface Bom {
  metadata: { component: { name: string; 'bom-ref': string } }
  components: { 'bom-ref': string }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024
})
const bom = JSON.parse(text) as Bom
const { component } = bom.metadata
// It takes the name of the folder.
component.name = 'carillon'
const kept = new Set(runtimeTree.map(({ name, version }) => `${name}@${version}`))
const isOurs = (ref: string): boolean => kept.has(ref) || ref === component['bom-ref']
const components = bom.components.filter((one) => isOurs(one['bom-ref']))
const dependencies = bom.dependencies
  .filter(({ ref }) => isOurs(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isOurs) }))
process.stdout.write(`${JSON.stringify({ ...bom, components, dependencies }, null, 2)}\n`)
