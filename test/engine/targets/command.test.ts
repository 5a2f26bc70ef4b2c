import { existsSync } from 'node:fs'
import process from 'node:process'
import { test, type Test } from 'tap'
import { withDefaults } from '../../../src/domain/job-definition.ts'
import type { CommandTarget } from '../../../src/domain/target.ts'
import type { AttemptContext } from '../../../src/engine/attempt.ts'
import { createEventHub, type Events } from '../../../src/engine/events.ts'
import { createCommandPerformer } from '../../../src/engine/targets/command.ts'
import { createOutputTail, MAX_OUTPUT_BYTES } from '../../../src/engine/targets/output-tail.ts'
import { startGroup } from '../../../src/engine/targets/process-group.ts'
import { until } from '../../helpers/until.ts'

const SECRETS = { DATABASE_URL: 'postgres://cANARy', CARILLON_API_KEY: 'cANARy', AWS_SECRET: 'x' }

function attemptOf(target: Omit<CommandTarget, 'type'>, more: Partial<AttemptContext> = {}) {
  const definition = withDefaults({ name: 'Backup', target: { type: 'command', ...target } })
  const attempt: AttemptContext = {
    job: { id: 7, version: 1, definition },
    run: { id: 70, scheduledFor: 0, cause: 'schedule', attempt: 2, fencingToken: 5 },
    params: { a: 'é' },
    signal: new AbortController().signal,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...more
  }
  return attempt
}

function createPerformer() {
  const events = createEventHub()
  const told: Events['run_output'][] = []
  events.on('run_output', (event) => told.push(event))
  const environment = { ...SECRETS, PATH: process.env['PATH'], LANG: 'C.UTF-8' }
  const perform = createCommandPerformer({ environment, events: () => events })
  const sh = (script: string, more: Partial<AttemptContext> = {}) =>
    perform(attemptOf({ argv: ['sh', '-c', script] }, more))
  return { perform, sh, told }
}

test('a program gets its arguments without a shell, the params, and little else', async (t) => {
  const { perform, sh } = createPerformer()
  const argv = ['printf', '%s|', '$HOME', '*', 'a b', '']
  t.match(await perform(attemptOf({ argv })), {
    kind: 'succeeded',
    result: { exit_code: 0, signal: null, stdout: '$HOME|*|a b||', stderr: '', truncated: false }
  })
  t.match(await sh('cat'), { result: { stdout: '{"a":"é"}' } })
  t.match(await sh('true'), { kind: 'succeeded' }, 'who does not read them fails by nothing')
  const { result } = (await perform(
    attemptOf({ argv: ['env'], env: { OWN: 'x' }, cwd: '/' })
  )) as unknown as { result: { stdout: string } }
  // What the shell sets, and what the runner of the tests puts into every process.
  const others = /^(?:|PWD|SHLVL|_.*|NODE_.*|TAP.*)$/
  const names = [...result.stdout.matchAll(/^(\w+)=/gm)].map(([, name = '']) => name)
  t.strictSame(names.filter((name) => !others.test(name)).sort(), [
    'CARILLON_ATTEMPT',
    'CARILLON_FENCING_TOKEN',
    'CARILLON_IDEMPOTENCY_KEY',
    'CARILLON_JOB_ID',
    'CARILLON_JOB_NAME',
    'CARILLON_RUN_ID',
    'CARILLON_SCHEDULED_FOR',
    'LANG',
    'OWN',
    'PATH',
    'TRACEPARENT'
  ])
  t.notMatch(result.stdout, /cANARy/)
  t.match(result.stdout, /^CARILLON_SCHEDULED_FOR=1970-01-01T00:00:00.000Z$/m)
  t.match(await perform(attemptOf({ argv: ['pwd'], cwd: '/usr' })), {
    result: { stdout: '/usr\n' }
  })
})

test('another exit code fails, with what the program said last', async (t) => {
  const { sh } = createPerformer()
  t.match(await sh('echo out; echo first >&2; echo "no space" >&2; exit 3'), {
    kind: 'failed',
    retryable: true,
    error: { code: 'exit_code', message: 'The program ended with exit code 3. It said: no space' },
    result: { exit_code: 3, stdout: 'out\n', stderr: 'first\nno space\n' }
  })
  t.match(await sh('kill -9 $$'), {
    error: { message: 'The program was ended by SIGKILL.' },
    result: { exit_code: null, signal: 'SIGKILL' }
  })
})

test('what cannot be started is said with what to do, and not tried again', async (t) => {
  const { perform } = createPerformer()
  const cases: readonly [Omit<CommandTarget, 'type'>, RegExp][] = [
    [{ argv: ['no-such-program'] }, /"no-such-program" is not there; give its full path/],
    [{ argv: ['ls'], cwd: '/no/such/folder' }, /look at "cwd"/],
    [{ argv: ['/etc/passwd'] }, /may not be started by the user/],
    [{ argv: ['/etc/passwd/x'] }, /below something that is no folder/],
    [{ argv: ['true', ...Array.from({ length: 99 }, () => 'x'.repeat(130_000))] }, /more arguments/]
  ]
  for (const [target, message] of cases) {
    const outcome = await perform(attemptOf(target))
    t.match(outcome, { kind: 'failed', retryable: false, error: { code: 'not_started', message } })
  }
})

/** Whether a process of this id is there and is not only waiting to be buried. */
async function isRunning(pid: string): Promise<boolean> {
  if (!existsSync(`/proc/${pid}/stat`)) return false
  const { readFile } = await import('node:fs/promises')
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')
  return !/\) [ZX]/.test(stat)
}

async function startStubborn(t: Test, script: string) {
  const { sh, told } = createPerformer()
  const controller = new AbortController()
  const ended = sh(script, { signal: controller.signal })
  const pids = await until('the ids of the processes', async () => {
    const text = told.map((event) => event.text).join('')
    return text.includes('ready') && text.match(/\d+/g)
  })
  t.equal(pids.length, 2)
  return { controller, ended, pids }
}

test('a program that is to stop ends with all that it has started, whether it wants to or not', async (t) => {
  const willing = 'sleep 100 & echo $$ $! ready; wait'
  const unwilling =
    'trap "" TERM; sh -c \'trap "" TERM; sleep 100\' & echo $$ $! ready; while :; do sleep 1; done'
  for (const script of [willing, unwilling]) {
    const { controller, ended, pids } = await startStubborn(t, script)
    controller.abort()
    t.match(await ended, { kind: 'failed' })
    for (const pid of pids) t.notOk(await isRunning(pid), `${pid} of ${script}`)
  }
})

test('what a shell has started has time to clean up, although the shell is gone at once', async (t) => {
  const child =
    'trap "sleep 0.3; echo cleaned; exit" TERM; echo ready; while :; do sleep 0.05; done'
  const { sh, told } = createPerformer()
  const controller = new AbortController()
  const ended = sh(`echo $$; sh -c '${child}'; echo never`, { signal: controller.signal })
  await until('the start', async () => told.some(({ text }) => text.includes('ready')))
  controller.abort()
  t.match(await ended, {
    error: { message: 'The program was ended by SIGTERM.' },
    result: { signal: 'SIGTERM', stdout: /^\d+\nready\ncleaned\n$/ }
  })
})

test('what a program leaves behind has time to clean up, too', async (t) => {
  const { sh } = createPerformer()
  const child =
    'trap "sleep 0.3; echo cleaned; exit" TERM; kill -USR1 $PPID; while :; do sleep 0.05; done'
  t.match(await sh(`trap "exit 0" USR1; sh -c '${child}' & wait`), {
    kind: 'succeeded',
    result: { stdout: 'cleaned\n' }
  })
})

test('a program that is told to stop before it starts is not started', async (t) => {
  const { sh, told } = createPerformer()
  const reason = new Error('cancelled')
  await t.rejects(sh('echo started', { signal: AbortSignal.abort(reason) }), reason)
  t.strictSame(told, [])
})

test('a program that has ended, or never was, is not waited for again when it is to stop', async (t) => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const ended = startGroup({ argv: ['true'], env: { PATH: '/usr/bin:/bin' } })
  for (const pipe of [ended.child.stdout, ended.child.stderr]) pipe.resume()
  await ended.ended
  const missing = startGroup({ argv: ['/no/such/program'], env: {} })
  await t.rejects(missing.ended, { code: 'ENOENT' })
  const before = timers()
  ended.stop()
  missing.stop()
  t.equal(timers(), before)
})

test('what a program leaves behind ends with it', async (t) => {
  const { sh, told } = createPerformer()
  t.match(await sh('sleep 100 & echo $!'), { kind: 'succeeded' })
  const [pid = ''] = told.map((event) => event.text.trim())
  t.ok(await until('its end', async () => !(await isRunning(pid))))
})

test('of a gigabyte the end is kept, and memory stays as it was', async (t) => {
  const { sh, told } = createPerformer()
  const before = process.memoryUsage().rss
  const outcome = await sh('head -c 1000000000 /dev/zero | tr "\\0" a; echo end')
  t.match(outcome, { kind: 'succeeded', result: { truncated: true, stdout: /a+end\n$/ } })
  const grown = (process.memoryUsage().rss - before) / 2 ** 20
  t.ok(grown < 100, `${grown} MiB`)
  t.ok(told.every(({ text }) => text.length <= 16_384))
})

test('what it writes is told while it writes', async (t) => {
  const { sh, told } = createPerformer()
  const ended = sh('echo one; read line; echo two >&2; sleep 0.5; echo three')
  await until('the first words', async () => told.length > 0)
  t.match(told[0], { run: { id: 70, job_id: 7 }, stream: 'stdout', text: 'one\n' })
  await ended
  const of = (stream: string): string =>
    told
      .filter((event) => event.stream === stream)
      .map(({ text }) => text)
      .join('')
  t.equal(of('stdout'), 'one\nthree\n')
  t.equal(of('stderr'), 'two\n')
})

test('the end of an output begins with a whole character', (t) => {
  const tail = createOutputTail()
  tail.add(Buffer.from('x'))
  t.strictSame(tail.read(MAX_OUTPUT_BYTES), { text: 'x', truncated: false })
  for (let count = 0; count < 30_000; count++) tail.add(Buffer.from('€'))
  for (const limit of [MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES - 1, 1_000]) {
    const { text, truncated } = tail.read(limit)
    t.ok(truncated)
    t.match(text, /^€+$/)
    t.ok(Buffer.byteLength(text) > limit - 4)
  }
  t.end()
})

test('the end of an output is the same in whatever pieces it came', (t) => {
  const bytes = Buffer.from(Array.from({ length: 150_000 }, (_, index) => 97 + (index % 26)))
  for (const length of [1, 7, 4_096, 65_535, 65_536, 65_537, 150_000]) {
    for (const total of [10, 65_536, 65_537, 140_000]) {
      const tail = createOutputTail()
      for (let at = 0; at < total; at += length)
        tail.add(bytes.subarray(at, Math.min(at + length, total)))
      const kept = bytes.subarray(Math.max(0, total - MAX_OUTPUT_BYTES), total)
      const expected = { text: kept.toString(), truncated: total > MAX_OUTPUT_BYTES }
      t.strictSame(tail.read(MAX_OUTPUT_BYTES), expected, `${total} by ${length}`)
      t.equal(tail.size(), kept.length)
    }
  }
  t.end()
})

test('64 KiB of output are kept, of one stream or of both together', async (t) => {
  const { sh } = createPerformer()
  const lengths = async (out: number, err: number) => {
    const script = `head -c ${out} /dev/zero | tr '\\0' o; head -c ${err} /dev/zero | tr '\\0' e >&2`
    const { result } = (await sh(script)) as unknown as {
      result: { stdout: string; stderr: string; truncated: boolean }
    }
    return [result.stdout.length, result.stderr.length, result.truncated]
  }
  t.strictSame(await lengths(65_536, 0), [65_536, 0, false])
  t.strictSame(await lengths(100_000, 0), [65_536, 0, true])
  t.strictSame(await lengths(0, 100_000), [0, 65_536, true])
  t.strictSame(await lengths(100_000, 1_000), [64_536, 1_000, true])
  t.strictSame(await lengths(100_000, 100_000), [32_768, 32_768, true])
  t.strictSame(await lengths(32_768, 32_768), [32_768, 32_768, false])
})
