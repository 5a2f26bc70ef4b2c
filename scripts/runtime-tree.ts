import { readFileSync } from 'node:fs'
import path from 'node:path'

/** A package that comes along with ours. */
export interface RuntimePackage {
  name: string
  version: string
  /** As an SPDX expression. */
  license: string
  /** The names of what it needs itself. */
  needs: readonly string[]
}

interface Locked {
  version: string
  license?: string
  dev?: boolean
  integrity?: string
  hasInstallScript?: boolean
  dependencies?: Record<string, string>
}

const ROOT = path.join(import.meta.dirname, '..')

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'))
}

const { packages } = readJson('package-lock.json') as { packages: Record<string, Locked> }
const { dependencies } = readJson('package.json') as { dependencies: Record<string, string> }

/** Every locked package by its place, without ours. */
export const locked: readonly (readonly [place: string, Locked])[] = Object.entries(
  packages
).filter(([place]) => place !== '')

/** What we say that we need, by name. */
export const directNames: readonly string[] = Object.keys(dependencies)

/** What an installation of our package brings, by name; drivers of servers are the user's. */
export const runtimeTree: readonly RuntimePackage[] = locked
  .filter(([, { dev = false }]) => !dev)
  .map(([place, { version, license = '', dependencies: needs = {} }]) => ({
    name: place.replace(/^.*node_modules\//, ''),
    version,
    license,
    needs: Object.keys(needs)
  }))
  .sort((a, b) => (a.name < b.name ? -1 : 1))
