import { test } from 'tap'
import { commands } from '../commands/commands.ts'
import { Options } from '../src/config.ts'
import { flagOf } from '../src/option-sources.ts'
import type { Syntax } from '../commands/syntax.ts'
import { version } from '../src/version.ts'
import { runCommand } from './helpers/command.ts'
import { createFolder, startService } from './helpers/service.ts'

interface Call {
  flags: string[]
  code: number
  stdout?: RegExp | string
  stderr?: RegExp | string
}

const CALLS: Call[] = [
  { flags: ['--version'], code: 0, stdout: `${version}\n` },
  { flags: ['--help'], code: 0, stdout: /^carillon \[command\] \[flags\]\n/ },
  {
    flags: ['copi'],
    code: 2,
    stderr: /^carillon: "copi" is not a command\. Did you mean "copy"\?\n$/
  },
  { flags: ['xyz'], code: 2, stderr: /"xyz" is not a command\. "carillon --help" lists them\.\n$/ },
  {
    flags: ['--prot=80'],
    code: 1,
    stderr: /"--prot" is not a known flag\. Did you mean "--port"\?/
  },
  { flags: ['serve', '--prot=80'], code: 1, stderr: /Did you mean "--port"\?/ },
  { flags: ['copy', '--from'], code: 2, stderr: /^carillon: "--from" needs a value\.\n$/ },
  { flags: ['copy', '--port=80'], code: 2, stderr: /"--port" is not a known flag/ }
]

test('each word does what it says, and an exit code tells how it went', async (t) => {
  for (const { flags, code, stdout = '', stderr = '' } of CALLS) {
    const exit = await runCommand(t, { flags })
    t.match(exit, { code }, flags.join(' '))
    for (const [text, wanted] of [
      [exit.stdout, stdout],
      [exit.stderr, stderr]
    ] as const) {
      if (wanted === '') t.equal(text, '', flags.join(' '))
      else t.match(text, wanted, flags.join(' '))
    }
  }
})

test('a Node that is too old is told so, whatever the command', async (t) => {
  const older = `Object.defineProperty(process.versions, 'node', { value: '20.19.0' })`
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(older)}`
  for (const flags of [[], ['doctor'], ['--version']]) {
    t.match(await runCommand(t, { flags, env: { NODE_OPTIONS } }), {
      code: 1,
      stdout: '',
      stderr: /^carillon: Node is 20\.19\.0, but must be [\d.]+ or newer; install a newer one\.\n$/
    })
  }
})

/** Without what only lines columns up. */
function squeezed(text: string): string {
  return text.replaceAll(/ +/g, ' ')
}

test('every command is listed, and says what its flags are', async (t) => {
  const all = await runCommand(t, { flags: ['--help'] })
  for (const [word, { summary }] of commands) {
    t.match(squeezed(all.stdout), `\n ${word} ${summary}\n`)
    const { code, stdout } = await runCommand(t, { flags: [word, '--help'] })
    t.equal(code, 0)
    t.ok(stdout.startsWith(`carillon ${word === 'serve' ? '[serve]' : word} `), word)
  }
  const { stdout } = await runCommand(t, { flags: ['serve', '--help'] })
  for (const name of Object.keys(Options.properties)) t.match(stdout, `  --${flagOf(name)}  (`)
})

/** Every flag that may stand after a command, or after a word of it. */
function flagsOf({ flags = {}, words = {} }: Syntax): string[] {
  return [
    ...Object.keys(flags).map((name) => `--${flagOf(name)}`),
    ...Object.values(words).flatMap(flagsOf)
  ]
}

test('what a command says of its flags and words is what is known of them', (t) => {
  for (const [word, command] of commands) {
    const told = [...command.usage.matchAll(/^ {2}(--[a-z-]+)(?: {2}\(|$)/gm)].map(
      ([, flag = '']) => flag
    )
    t.strictSame([...new Set(told)].toSorted(), [...new Set(flagsOf(command))].toSorted(), word)
    for (const known of Object.keys(command.words ?? {})) t.match(command.usage, known)
  }
  t.end()
})

test('the service starts by its word as without one', async (t) => {
  const folder = await createFolder(t)
  for (const flags of [
    ['serve', '--log-level=info'],
    ['--log-level', 'info']
  ]) {
    const service = await startService(t, { folder, flags })
    t.equal((await service.request('GET /readyz')).status, 200)
    service.kill('SIGTERM')
    t.match(await service.exited, { code: 0, stderr: '' })
  }
})
