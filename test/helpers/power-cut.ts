import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import type { Random } from './random.ts'

/** Why what a process writes cannot be seen here; false where it can. */
export const noStrace: string | false = (() => {
  const { status } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'])
  return status === 0 ? false : 'strace is not installed, or may not be used here'
})()

/**
 * What a process did to its files, in order; `told` is what it printed to whoever relies on it. That a
 * file is gone is on the disk once its folder, the file ".", was synced.
 */
export type Step =
  | { kind: 'write'; file: string; offset: number; data: Buffer }
  | { kind: 'truncate'; file: string; length: number }
  | { kind: 'remove'; file: string }
  | { kind: 'sync'; file: string }
  | { kind: 'told'; text: string }

/** Files by their names, as a disk has them. */
export type Disk = Map<string, Buffer>

const CALLS = 'openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink'

/** Runs a Node program to its end; @returns what it did to the files of a folder */
export function traceWrites(folder: string, args: readonly string[]): Step[] {
  const file = path.join(folder, 'trace')
  const how = ['-f', '-y', '-xx', '-s', '1000000', '-e', `trace=${CALLS}`, '-o', file]
  const { status, stderr } = spawnSync('strace', [...how, process.execPath, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] }
  })
  if (status !== 0) throw new Error(`The traced program failed: ${stderr.toString()}`)
  return parseTrace(readFileSync(file, 'latin1'), folder)
}

function parseTrace(trace: string, folder: string): Step[] {
  const positions = new Map<string, number>()
  const unfinished = new Map<string, string>()
  return trace.split('\n').flatMap((line) => {
    const [, id = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    const begun = / <unfinished \.\.\.>$/.exec(text)
    if (begun !== null) {
      unfinished.set(id, text.slice(0, begun.index))
      return []
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text)
    const whole = resumed === null ? text : `${unfinished.get(id)}${text.slice(resumed[0].length)}`
    const step = stepOf(whole, { folder, positions })
    return step === null ? [] : [step]
  })
}

interface Tracing {
  folder: string
  /** Where the next plain `write` to a file goes. */
  positions: Map<string, number>
}

function stepOf(text: string, { folder, positions }: Tracing): Step | null {
  const call = /^(\w+)\((.*)\) += (\d+)/.exec(text)
  if (call === null) return null
  const [, name = '', args = ''] = call
  if (name === 'unlink') {
    const file = path.resolve(folder, bytesOf(args).toString())
    return isOurs(file, folder) ? { kind: 'remove', file: path.basename(file) } : null
  }
  if (name === 'write' && args.startsWith('1<'))
    return { kind: 'told', text: bytesOf(args).toString() }
  const whole = name === 'openat' ? text : args
  const handle = /(?:^|= )\d+<([^>]*)>/.exec(whole)?.[1] ?? ''
  const place = unescaped(handle).toString()
  if (place === folder && name === 'fsync') return { kind: 'sync', file: '.' }
  if (!isOurs(place, folder)) return null
  const file = path.basename(place)
  if (name === 'openat') {
    positions.set(file, 0)
    return args.includes('O_TRUNC') ? { kind: 'truncate', file, length: 0 } : null
  }
  if (name === 'fsync' || name === 'fdatasync') return { kind: 'sync', file }
  const last = Number(/, (\d+)$/.exec(args)?.[1])
  if (name === 'ftruncate') return { kind: 'truncate', file, length: last }
  const data = bytesOf(args)
  if (name === 'pwrite64') return { kind: 'write', file, offset: last, data }
  const offset = positions.get(file) ?? 0
  positions.set(file, offset + data.length)
  return { kind: 'write', file, offset, data }
}

/** The shared memory of SQLite is made anew by whoever opens the file first. */
function isOurs(file: string, folder: string): boolean {
  return file.startsWith(path.join(folder, 'carillon.db')) && !file.endsWith('-shm')
}

/** The bytes of the first text among the arguments of a call. */
function bytesOf(args: string): Buffer {
  return unescaped(/"([^"]*)"/.exec(args)?.[1] ?? '')
}

function unescaped(text: string): Buffer {
  return Buffer.from(text.replaceAll(String.raw`\x`, ''), 'hex')
}

/**
 * What is on the disk when the power goes: everything that was synced, and of the rest nothing, or
 * any part of it, as the disk happened to get to it.
 */
export function diskAfter(steps: readonly Step[], survives: 'nothing' | Random): Disk {
  const disk: Disk = new Map()
  const pending: Step[] = []
  for (const step of steps) {
    if (step.kind === 'told') continue
    if (step.kind !== 'sync') {
      pending.push(step)
      continue
    }
    const { synced = [], others = [] } = Object.groupBy(pending.splice(0), (one) =>
      one.kind !== 'told' && step.file === (one.kind === 'remove' ? '.' : one.file)
        ? 'synced'
        : 'others'
    )
    for (const one of synced) carryOut(disk, one)
    pending.push(...others)
  }
  if (survives === 'nothing') return disk
  for (const step of pending) if (survives.fraction() < 0.5) carryOut(disk, step)
  return disk
}

function carryOut(disk: Disk, step: Step): void {
  if (step.kind === 'told' || step.kind === 'sync') return
  if (step.kind === 'remove') {
    disk.delete(step.file)
    return
  }
  const before = disk.get(step.file) ?? Buffer.alloc(0)
  const length =
    step.kind === 'truncate' ? step.length : Math.max(before.length, step.offset + step.data.length)
  const after = Buffer.alloc(length)
  before.copy(after)
  if (step.kind === 'write') step.data.copy(after, step.offset)
  disk.set(step.file, after)
}
