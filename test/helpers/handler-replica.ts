/**
 * A host application in a process of its own whose handlers do what handlers should not:
 * `handler-replica.ts <database> [<lease> <file>]`. It prints what it hears, a line an event. The file
 * unblocks what blocks, once it is there.
 */
import { existsSync, writeSync } from 'node:fs'
import process, { argv } from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { openScheduler, type Handler } from '../../core.ts'

const [database = '', lease = '30s', unblocked = ''] = argv.slice(2)

const GIGABYTE = 1024 * 1024 * 1024

const handlers: Record<string, Handler> = {
  good: () => 'done',
  exits: () => process.exit(7),
  'throws later': () =>
    new Promise(() => {
      setTimeout(() => {
        throw new Error('outside of any promise')
      }, 50)
    }),
  'rejects after its end': () => {
    void delay(300).then(() => Promise.reject(new Error('nobody waits for this')))
    return 'done'
  },
  'never ends': () => new Promise(() => undefined),
  'takes a gigabyte': () => Buffer.alloc(GIGABYTE, 1).length,
  blocks: ({ run }) => {
    // Only the first to be given it: whoever takes it over is quick.
    if (run.attempt > 1) return 'quick'
    writeSync(1, 'blocking\n')
    while (!existsSync(unblocked));
    return 'slow'
  }
}

const scheduler = await openScheduler({ database, handlers, lease, heartbeat: '500ms' })
for (const name of ['lease_lost', 'result_refused'] as const) {
  scheduler.on(name, () => writeSync(1, `${name}\n`))
}
scheduler.on('process_stalled', (event) => {
  writeSync(1, `stalled ${JSON.stringify(event.handlers)}\n`)
})
writeSync(1, 'started\n')
