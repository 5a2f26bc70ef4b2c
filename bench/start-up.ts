import { setTimeout as sleep } from 'node:timers/promises'
import { createJobFile } from './job-file.ts'
import { dueNextYear } from './job-table.ts'
import { median, type Line } from './report.ts'
import { startService } from './server-process.ts'
import { inTempFolder } from './temp-folder.ts'

const SIZES = [0, 10_000, 100_000, 1_000_000]
const ROUNDS = 5
const POLL_MS = 2

interface Start {
  seconds: number
  /** Resident set, MiB. */
  memory: number
}

/** How long the service takes to be ready, and what it holds then, by the jobs that it stores. */
export function startUp(): Promise<Line[]> {
  return inTempFolder(async (folder) => {
    const files: string[] = []
    for (const size of SIZES) files.push(await createJobFile(folder, size, dueNextYear()))
    const starts: Start[][] = SIZES.map(() => [])
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, file] of files.entries()) starts[index]?.push(await start(file))
    }
    return starts.flatMap((own, index) => toLines(SIZES[index] ?? 0, own, starts[0] ?? []))
  })
}

async function start(file: string): Promise<Start> {
  const begin = performance.now()
  const service = await startService(`sqlite:${file}`)
  while ((await fetch(`${service.origin}/readyz`)).status !== 200) await sleep(POLL_MS)
  const seconds = (performance.now() - begin) / 1_000
  const memory = service.memory()
  await service.stop()
  return { seconds, memory }
}

function toLines(size: number, own: readonly Start[], empty: readonly Start[]): Line[] {
  const seconds = median(own.map((one) => one.seconds))
  const memory = median(own.map((one) => one.memory))
  const bareSeconds = median(empty.map((one) => one.seconds))
  const bareMemory = median(empty.map((one) => one.memory))
  const jobs = `${size.toLocaleString('en')} jobs stored`
  return [
    {
      what: `${jobs}: until ready`,
      ours: `${Math.round(seconds * 1_000)} ms`,
      limit: `${Math.round(bareSeconds * 1_000)} ms`,
      ratio: seconds / bareSeconds,
      aim: '≤ 1,000 ms'
    },
    {
      what: `${jobs}: memory`,
      ours: `${Math.round(memory)} MiB`,
      limit: `${Math.round(bareMemory)} MiB`,
      ratio: memory / bareMemory,
      aim: '≤ 120 MiB'
    }
  ]
}
