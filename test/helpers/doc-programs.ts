import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROOT, type Block, type Page } from './markdown.ts'
import { runToEnd, type Ended } from './processes.ts'

const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc')

/** As a user would have it: strict, JavaScript checked too, the package by its name. */
const TSCONFIG = {
  extends: path.join(ROOT, 'tsconfig.json'),
  compilerOptions: {
    allowJs: true,
    checkJs: true,
    moduleDetection: 'force',
    types: ['node'],
    paths: { carillon: [path.join(ROOT, 'index.ts')], 'carillon/*': [path.join(ROOT, '*.ts')] }
  },
  include: ['*.ts', '*.js']
}

/** The programs of the documentation, in a folder of their own beside the installed packages. */
export interface DocPrograms {
  /** Type-checks them, all at once. */
  check(): Promise<Ended>
  /** The arguments for Node that run one of them. */
  args(page: Page, block: Block): string[]
  remove(): Promise<void>
}

/** Writes out every `js` and `ts` block, as `change` leaves it. */
export async function writePrograms(
  pages: readonly Page[],
  change: (page: Page, code: string) => string
): Promise<DocPrograms> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'carillon-docs-')))
  const inFolder = (name: string) => path.join(folder, name)
  await symlink(path.join(ROOT, 'node_modules'), inFolder('node_modules'))
  await writeFile(inFolder('tsconfig.json'), JSON.stringify(TSCONFIG))
  await writeFile(inFolder('package.json'), '{ "type": "module" }')
  for (const page of pages) {
    for (const block of page.blocks.filter(({ info }) => /^[jt]s\b/.test(info))) {
      await writeFile(inFolder(programName(page, block)), change(page, block.code))
    }
  }
  const hooks = new URL('local-package.ts', import.meta.url).href
  return {
    check: () => runToEnd(process.execPath, [TSC, '-p', folder], { cwd: folder }),
    args: (page, block) => ['--import', hooks, inFolder(programName(page, block))],
    remove: () => rm(folder, { recursive: true })
  }
}

function programName({ file }: Page, { info, line }: Block): string {
  return `${file.replaceAll(/\W/g, '-')}-${line}.${info.slice(0, 2)}`
}
