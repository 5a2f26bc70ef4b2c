import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, glob, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { freePort } from './processes.ts'
import type { ServerKind } from './server-databases.ts'
import { RECIPES, type Programs, type Recipe } from './server-recipes.ts'
import { until } from './until.ts'

const run = promisify(execFile)

/** A database server that belongs to one test, so that it may be crashed. */
export interface PrivateServer {
  /** The URL of an empty database on it. */
  url: string
  /** Ends it as a crash does: nothing is flushed, no client is told. */
  crash(): Promise<void>
  /** Starts it on the same data; resolves when it answers. */
  start(): Promise<void>
}

async function findProgram(name: string, folders: string): Promise<string | null> {
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter)
  const elsewhere = await Array.fromAsync(glob(folders))
  const places = [...onPath, ...elsewhere.toSorted().toReversed()]
  return places.map((folder) => path.join(folder, name)).find(existsSync) ?? null
}

/** The programs of a server; a sentence where they are not here. */
async function findPrograms({ programs, folders }: Recipe): Promise<Programs | string> {
  const [first, second] = await Promise.all(programs.map((name) => findProgram(name, folders)))
  if (typeof first === 'string' && typeof second === 'string') return [first, second]
  return `${programs.join(' or ')} is not installed`
}

/** Why no server of this kind can be made here; false where it can. */
export async function reasonForNoServer(kind: ServerKind): Promise<string | false> {
  const found = await findPrograms(RECIPES[kind])
  return typeof found === 'string' ? found : false
}

/** The numbers of a user; none where this process may not become somebody else, nor has to. */
async function identityOf(user: string): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, user])))
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
}

/** Makes a server with a data folder of its own and starts it; it is gone when the test ends. */
export async function startPrivateServer(t: Test, kind: ServerKind): Promise<PrivateServer> {
  const recipe = RECIPES[kind]
  const programs = await findPrograms(recipe)
  if (typeof programs === 'string') throw new Error(programs)
  const identity = await identityOf(recipe.user)
  const folder = await mkdtemp(path.join(tmpdir(), `carillon-${kind}-`))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  if (identity.uid !== undefined) await chown(folder, identity.uid, identity.gid ?? 0)
  // MariaDB deletes what looks like its own in the folder for temporary files, which others use too.
  const options = { ...identity, cwd: folder, env: { ...process.env, TMPDIR: folder } }
  await run(...recipe.initialize(programs, folder), options)
  const port = await freePort()
  const url = recipe.url(port)
  let server: ChildProcess | null = null

  const crash = async (signal: NodeJS.Signals = recipe.crashSignal): Promise<void> => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill(signal)
    await ended
  }
  const start = async (): Promise<void> => {
    const [file, args] = recipe.serve(programs, folder, port)
    server = spawn(file, args, { ...options, stdio: 'ignore' })
    await until(`${file} to answer`, async () => {
      return recipe.answers(url).then(
        () => true,
        () => false
      )
    })
  }
  t.teardown(() => crash())
  await start()
  return { url, start, crash: () => crash() }
}
