import { existsSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Test } from 'tap'
import { createFolder } from './service.ts'

/** Debian's package `libfaketime`: a process that loads it sees another time of day. */
const LIBRARY = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1'
].find((file) => existsSync(file))

/** Why no process can be given another time of day here; false where it can. */
export const noFaketime: string | false = LIBRARY === undefined && 'faketime is not installed'

/** The environment of a process whose clock is off by so much; its timers go on as ever. */
export function skewedBy(offsetMs: number): Record<string, string> {
  return { ...LOADED, FAKETIME: offsetText(offsetMs) }
}

const LOADED = { LD_PRELOAD: LIBRARY ?? '', DONT_FAKE_MONOTONIC: '1' }

function offsetText(offsetMs: number): string {
  return `${offsetMs < 0 ? '' : '+'}${(offsetMs / 1_000).toFixed(3)}s`
}

/** A time of day that is set by hand while processes go by it. Instants are epoch milliseconds. */
export interface FakeTime {
  /** The environment of the processes. */
  env: Record<string, string>
  now(): number
  /** Sets the clock to an instant, from where it goes on. */
  set(instant: number): Promise<void>
  /** Sets it forward, or back. */
  jump(ms: number): Promise<void>
}

/** A clock that shows the right time until it is set. */
export async function createFakeTime(t: Test): Promise<FakeTime> {
  const file = path.join(await createFolder(t), 'offset')
  let offsetMs = 0
  const write = async (ms: number): Promise<void> => {
    offsetMs = ms
    // Whoever reads it meanwhile must see the one or the other.
    await writeFile(`${file}.new`, offsetText(ms))
    await rename(`${file}.new`, file)
  }
  await write(0)
  return {
    env: { ...LOADED, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' },
    now: () => Date.now() + offsetMs,
    set: (instant) => write(instant - Date.now()),
    jump: (ms) => write(offsetMs + ms)
  }
}
