import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { t as file, test } from 'tap'
import { commands } from '../../commands/commands.ts'
import { runCommand } from '../helpers/command.ts'
import { createFolder } from '../helpers/service.ts'
import { reasonForNoShell, SHELLS, startShell } from '../helpers/shell-completion.ts'
import { JOB_SORTS } from '../../src/domain/job-order.ts'

// Shells are started by the dozen; on a machine that is busy with others that takes its time.
file.setTimeout(300_000)

/** What is typed, and all that is offered for its last word. */
const CASES: readonly [typed: string, offered: readonly string[]][] = [
  ['', [...commands.keys()]],
  ['jo', ['jobs']],
  ['jobs ', ['list', 'create', 'show', 'run', 'pause', 'resume', 'skip', 'delete']],
  ['jobs --st', ['--state']],
  ['jobs --state ', ['enabled', 'paused', 'finished']],
  ['jobs --state p', ['paused']],
  ['jobs --state=p', ['paused']],
  ['jobs --sort name --state f', ['finished']],
  ['jobs --sort ', JOB_SORTS],
  ['jobs pause --re', ['--reason']],
  ['jobs resume --re', []],
  // What follows a flag is its value, even where it looks like a word.
  ['jobs --q pause r', ['run', 'resume']],
  ['jobs --limit 3 pause --re', ['--reason']],
  ['runs --job 7 --state mis', ['missed']],
  ['runs f', ['follow']],
  ['--log-level s', ['silent']],
  ['--port 80 ru', ['runs']],
  ['serve --log-level=t', ['trace']],
  ['--vers', ['--version']],
  ['doctor --po', ['--pool-size', '--port']],
  ['completion z', ['zsh']],
  // Files, where one is wanted, and nowhere else.
  ['apply re', ['report.yaml']],
  ['apply --dry-run re', ['report.yaml']],
  ['jobs create re', ['report.yaml']],
  ['jobs pause re', []],
  ['jobs create --name re', []]
]

for (const shell of SHELLS) {
  test(
    `${shell} completes words, flags, their values, and files`,
    { skip: reasonForNoShell(shell) },
    async (t) => {
      const folder = await createFolder(t)
      const printed = await runCommand(t, { flags: ['completion', shell] })
      t.match(printed, { code: 0, stderr: '' })
      const home = path.join(folder, 'home')
      await mkdir(home)
      await writeFile(path.join(home, 'report.yaml'), '')
      const { complete } = await startShell(shell, { folder: home, script: printed.stdout })
      for (const [typed, offered] of CASES) {
        const found = await complete(typed.split(' '))
        // fish offers the whole word, flag and value.
        const values = found.map((word) => word.replace(/^--[a-z-]+=/, ''))
        t.strictSame(new Set(values), new Set(offered), typed)
      }
    }
  )
}

test('without a shell it says how to install, and another shell is refused', async (t) => {
  const { code, stdout } = await runCommand(t, { flags: ['completion'] })
  t.equal(code, 0)
  for (const shell of SHELLS)
    t.match(stdout, new RegExp(`^  ${shell} .*carillon completion ${shell}`, 'm'))
  const cases: [string[], RegExp][] = [
    [['zhs'], /"zhs" is no shell that can be completed for\. Did you mean "zsh"\?/],
    [['powershell'], /Known are bash, zsh, fish\./],
    [['bash', 'zsh'], /"zsh" is not known here/]
  ]
  for (const [flags, stderr] of cases) {
    t.match(await runCommand(t, { flags: ['completion', ...flags] }), {
      code: 2,
      stdout: '',
      stderr
    })
  }
})
