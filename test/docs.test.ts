/**
 * The documentation, held to the code: every block is run (install commands excepted, which are
 * compared with package.json), every table compared, every link followed. `helpers/markdown.ts`
 * says what each kind of block means.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import tap, { test, type Test } from 'tap'
import { optionsFromEnvironment, optionsFromFlags, parseConfig } from '../src/config.ts'
import { deployFaults } from './helpers/deploy-commands.ts'
import { writePrograms } from './helpers/doc-programs.ts'
import { metricsOf, startDocApp } from './helpers/doc-app.ts'
import {
  BLOCK_RULES,
  anchorsOf,
  codesIn,
  isBlockInfo,
  picturesOf,
  proseOf,
  readPage,
  relativeLinks,
  ROOT,
  type Block,
  type Page
} from './helpers/markdown.ts'
import {
  freePort,
  inTempFolder,
  runToEnd,
  startListening,
  type Listening
} from './helpers/processes.ts'
import { createDatabaseUrl, skipReasons } from './helpers/server-databases.ts'
import { differences } from './helpers/shape.ts'

const RUN_PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md']
const pages = [
  ...RUN_PAGES,
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
].map(readPage)
const allPages = [...pages, readPage('CHANGELOG.md')]

/** More than these, and something that could be run is not. */
const MAX_TEXT_BLOCKS = 3

/** Whoever clones the repository has them all. */
const MAX_PICTURE_BYTES = 1_500_000

/** The ports that the documentation names: the service, a host app, receivers. */
const PORTS = ['8080', '3000', '9000', '7000'] as const
const ports = new Map<string, ReadonlyMap<string, number>>()
for (const { file } of pages) {
  const own = new Map<string, number>()
  for (const port of PORTS) own.set(port, await freePort())
  ports.set(file, own)
}

function portOf({ file }: Page, documented: string): number {
  return ports.get(file)?.get(documented) ?? 0
}

function withPorts(page: Page, code: string): string {
  return code.replaceAll(/\b(?:8080|3000|9000|7000)\b/g, (port) => String(portOf(page, port)))
}

const programs = await writePrograms(pages, withPorts)

void test('every block says how it is checked, and hardly any is for people only', (t) => {
  const counts = new Map<string, number>(Object.keys(BLOCK_RULES).map((info) => [info, 0]))
  for (const { file, blocks } of pages) {
    for (const { info, line } of blocks) {
      t.ok(isBlockInfo(info), `${file}:${line} "${info}"`)
      counts.set(info, (counts.get(info) ?? 0) + 1)
    }
  }
  for (const [info, count] of counts) {
    t.comment(`${count} × ${info}`)
    t.ok(count > 0, `"${info}" is used`)
  }
  t.ok((counts.get('text') ?? 0) <= MAX_TEXT_BLOCKS, 'few blocks are not run')
  t.end()
})

void test('every relative link leads to a file, and to a heading in it', (t) => {
  for (const page of allPages) {
    for (const link of relativeLinks(page)) {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? page.file : path.join(path.dirname(page.file), file)
      t.ok(existsSync(path.join(ROOT, target)), `${page.file}: ${link}`)
      if (anchor === undefined || !target.endsWith('.md')) continue
      t.ok(anchorsOf(readPage(target)).has(anchor), `${page.file}: ${link}`)
    }
  }
  t.end()
})

void test('every picture is shown somewhere, and all of them together are light', (t) => {
  const shown = new Set(pages.flatMap(picturesOf).map((file) => path.basename(file)))
  const folder = path.join(ROOT, 'docs/images')
  const files = readdirSync(folder)
  t.strictSame(new Set(files), shown)
  const bytes = files.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0)
  t.ok(bytes <= MAX_PICTURE_BYTES, `${bytes} bytes`)
  t.end()
})

void test('every file that ARCHITECTURE.md names is there', (t) => {
  const folders = ['', 'src', 'src/engine', 'src/feed', 'src/store']
  for (const name of codesIn(proseOf(readPage('ARCHITECTURE.md'))).filter((code) =>
    /^[\w./-]+(?:\.(?:ts|md|json|db)|\/)$/.test(code)
  )) {
    t.ok(
      folders.some((folder) => existsSync(path.join(ROOT, folder, name))),
      name
    )
  }
  t.end()
})

// Some thirty processes are started; on a machine that is busy with others that takes its time.
tap.setTimeout(400_000)
// They are used until the last test of this file has ended.
tap.teardown(() => programs.remove())

void test('the programs compile', async (t) => {
  const { code, stdout, stderr } = await programs.check()
  t.equal(code, 0, stdout + stderr)
})

for (const page of pages) {
  void test(`every block of ${page.file} does what it says`, async (t) => {
    await inTempFolder(async (folder) => {
      const running: Listening[] = []
      try {
        if (page.blocks.some(({ info }) => /^sh(?: error)?$/.test(info))) {
          running.push(await startService(portOf(page, '8080'), folder))
        }
        let printed = ''
        for (const block of page.blocks) {
          printed = await checkBlock(t, { page, block, folder, running, printed })
        }
      } finally {
        for (const one of running) await one.stop()
      }
    })
  })
}

function startService(port: number, cwd: string, more: object = {}): Promise<Listening> {
  const secretKey = randomBytes(32).toString('base64')
  const own = { PORT: String(port), LOG_LEVEL: 'warn', CARILLON_SECRET_KEY: secretKey }
  const env = { ...own, ...more }
  return startListening([path.join(ROOT, 'cli.ts')], { port, cwd, env })
}

/** The command as it is when the package is installed. */
const CARILLON = `carillon() { "${process.execPath}" "${path.join(ROOT, 'cli.ts')}" "$@"; }`

interface Situation {
  page: Page
  block: Block
  folder: string
  /** Stopped at the end of the page. */
  running: Listening[]
  /** By the block before. */
  printed: string
}

/** @returns what the block printed */
async function checkBlock(t: Test, situation: Situation): Promise<string> {
  const { page, block, folder, running, printed } = situation
  const at = `${page.file}:${block.line} ${block.info}`
  switch (block.info) {
    case 'sh':
    case 'sh error':
      return runShell(t, situation, portOf(page, '8080'))
    case 'sh key':
      return runShellWithKey(t, situation)
    case 'sh carillon':
      return runCommands(t, situation)
    case 'sh deploy':
      t.same(deployFaults(block.code, folder), [], at)
      return ''
    case 'sh npm':
      checkCommands(t, at, situation)
      return ''
    case 'json job':
    case 'json command': {
      const app = await startDocApp({ allowCommands: block.info === 'json command' })
      const answer = await app.inject({
        method: 'POST',
        url: '/jobs',
        payload: JSON.parse(block.code)
      })
      await app.close()
      t.equal(answer.statusCode, 201, `${at}: ${answer.body}`)
      return ''
    }
    case 'json output':
      t.same(differences(JSON.parse(block.code), JSON.parse(printed)), [], at)
      return ''
    case 'js':
    case 'ts': {
      const { code, stdout, stderr } = await runToEnd(
        process.execPath,
        programs.args(page, block),
        {
          cwd: folder
        }
      )
      t.equal(code, 0, `${at}: ${stderr}`)
      return stdout
    }
    case 'js serves':
    case 'ts serves': {
      const documented = PORTS.find((port) => new RegExp(`\\b${port}\\b`).test(block.code)) ?? ''
      const port = portOf(page, documented)
      running.push(await startListening(programs.args(page, block), { port, cwd: folder }))
      t.pass(at)
      return ''
    }
    case 'yaml alerts':
      await checkAlerts(t, situation)
      return ''
    case 'text':
      return ''
    default:
      t.fail(at)
      return ''
  }
}

/** Runs a block as it is, but for `port` in place of 8080. */
async function runShell(
  t: Test,
  { page, block, folder }: Situation,
  port: number
): Promise<string> {
  const fails = block.info === 'sh error' ? '' : '--fail-with-body'
  const code = withPorts(page, block.code.replaceAll(/\b8080\b/g, String(port)))
  const url = `export CARILLON_URL=http://localhost:${port}`
  const script = `curl() { command curl ${fails} "$@"; }\n${CARILLON}\n${url}\n${code}`
  const ended = await runToEnd('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder })
  t.equal(ended.code, 0, `${page.file}:${block.line} sh: ${ended.stdout}${ended.stderr}`)
  return ended.stdout
}

async function runShellWithKey(t: Test, situation: Situation): Promise<string> {
  const port = await freePort()
  const [, file = ''] = /\$\(cat (\S+)\)/.exec(situation.block.code) ?? []
  const env = { CARILLON_API_KEY_FILE: file, DATABASE_URL: 'sqlite::memory:' }
  const service = await startService(port, situation.folder, env)
  try {
    return await runShell(t, situation, port)
  } finally {
    await service.stop()
  }
}

/** The database that the documentation names, and for each run of it a new one in its place. */
const DOCUMENTED_URL = 'postgres://carillon:secret@localhost:5432/carillon'

async function runCommands(t: Test, { page, block }: Situation): Promise<string> {
  const at = `${page.file}:${block.line} ${block.info}`
  const reason = skipReasons.postgres
  if (reason !== false) {
    t.pass(at, { skip: reason })
    return ''
  }
  const url = await createDatabaseUrl(t, 'postgres')
  return inTempFolder(async (folder) => {
    const port = await freePort()
    const service = await startService(port, folder)
    const headers = { 'content-type': 'application/json' }
    const job = JSON.stringify({ name: 'Moved', schedule: '@yearly' })
    await fetch(`http://localhost:${port}/jobs`, { method: 'POST', headers, body: job })
    await service.stop()
    const script = `${CARILLON}\n${block.code.replaceAll(DOCUMENTED_URL, url)}`
    const ended = await runToEnd('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder })
    t.equal(ended.code, 0, `${at}: ${ended.stdout}${ended.stderr}`)
    t.match(ended.stdout, /^carillon_jobs +1 +1$/m, at)
    return ended.stdout
  })
}

interface PackageJson {
  name: string
  version: string
  scripts: Record<string, string>
}

/** Install commands are not run here: what they name must be what package.json has. */
function checkCommands(t: Test, at: string, { block: { code }, folder }: Situation): void {
  const { name, version, scripts } = JSON.parse(
    readFileSync(path.join(ROOT, 'package.json'), 'utf8')
  ) as PackageJson
  const builtIn: Record<string, () => boolean> = {
    ci: () => existsSync(path.join(ROOT, 'package-lock.json')),
    cit: () => 'test' in scripts,
    pack: () => 'prepack' in scripts,
    install: () => code.includes(`${name}-${version}.tgz`)
  }
  const readFile = (file: string) => readFileSync(path.join(folder, file), 'utf8')
  for (const command of code.split(/\n|&&/).map((line) => line.trim())) {
    if (command === '') continue
    const words = command.split(/\s+/)
    const variables = words.filter((word) => /^[A-Z_]+=/.test(word))
    const [npm, first = '', second = ''] = words.slice(variables.length)
    const script = first === 'run' ? second : first
    t.equal(npm, 'npm', `${at}: ${command}`)
    t.ok(builtIn[script]?.() ?? script in scripts, `${at}: ${command}`)
    const environment = Object.fromEntries(
      variables.map((variable) => variable.split('=') as [string, string])
    )
    const rest = command.split(' -- ')[1]?.split(/\s+/) ?? []
    if (script === 'start') {
      t.doesNotThrow(() => {
        const options = optionsFromEnvironment(environment, readFile)
        parseConfig({ ...options, ...optionsFromFlags(rest) })
      }, `${at}: ${command}`)
    } else for (const file of rest) t.ok(existsSync(path.join(ROOT, file)), `${at}: ${file}`)
  }
}

async function checkAlerts(t: Test, { page, block, folder }: Situation): Promise<void> {
  const known = new Set((await metricsOf()).map(({ name }) => name))
  for (const [name] of block.code.matchAll(/\bscheduler_\w+/g)) t.ok(known.has(name), name)
  await writeFile(path.join(folder, 'alerts.yaml'), block.code)
  const { code, stdout, stderr } = await runToEnd('promtool', ['check', 'rules', 'alerts.yaml'], {
    cwd: folder
  })
  if (code === 127) {
    t.pass('promtool check rules', { skip: 'promtool is not installed' })
    return
  }
  t.equal(code, 0, `${page.file}:${block.line}: ${stdout}${stderr}`)
}
