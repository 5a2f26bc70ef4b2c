/**
 * The service in a process that can be asked how it is: for each line of its input it collects its
 * garbage and prints one line, `{"soak": {"heap": …, "timers": …, "handles": …}}`. Needs `--expose-gc`.
 */
import { writeSync } from 'node:fs'
import process, { stdin } from 'node:process'
import { createInterface } from 'node:readline'
import { serve } from '../../server.ts'

await serve([])
createInterface(stdin).on('line', () => {
  for (let times = 0; times < 3; times++) globalThis.gc?.()
  const resources = process.getActiveResourcesInfo()
  const timers = resources.filter((name) => name === 'Timeout').length
  const soak = { heap: process.memoryUsage().heapUsed, timers, handles: resources.length }
  writeSync(1, `${JSON.stringify({ soak })}\n`)
})
