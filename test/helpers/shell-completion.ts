import { execFile, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Long enough for a machine that is busy; a shell that waits for somebody to type is ended. */
const TIMEOUT_MS = 30_000

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** Why a shell cannot be tried here; false where it can. */
export function reasonForNoShell(shell: Shell): string | false {
  const { error } = spawnSync(shell, ['-c', 'exit'])
  return error === undefined ? false : `${shell} is not installed`
}

/** What a shell offers for a command line whose last word is being typed, in any order. */
export interface CompletionShell {
  complete(words: readonly string[]): Promise<string[]>
}

/** A shell in a folder, which has loaded a completion script. */
export async function startShell(
  shell: Shell,
  { folder, script }: { folder: string; script: string }
): Promise<CompletionShell> {
  const write = async (name: string, text: string): Promise<string> => {
    const file = path.join(folder, name)
    await writeFile(file, text)
    return file
  }
  const loaded = await write('.script', script)
  const call = await DRIVERS[shell](loaded, write)
  return {
    complete: async (words) => {
      const options = { cwd: folder, timeout: TIMEOUT_MS, env: { ...process.env, HOME: folder } }
      const { stdout } = await run(shell, call(words), options)
      const offered = stdout.split('\n').map((line) => line.replace(/\t.*/, '').trim())
      return offered.filter((word) => word !== '').toSorted((a, b) => (a < b ? -1 : 1))
    }
  }
}

type Write = (name: string, text: string) => Promise<string>
/** From the script that was loaded to the arguments by which the shell says what it offers. */
type Driver = (script: string, write: Write) => Promise<(words: readonly string[]) => string[]>

const DRIVERS: Readonly<Record<Shell, Driver>> = {
  bash: async (script, write) => {
    const driver = await write(
      '.driver',
      `source ${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_carillon
printf '%s\\n' "\${COMPREPLY[@]}"
`
    )
    // As readline does it, which takes "=" for a word of its own.
    const split = (word: string): string[] => word.split(/(?<==)|(?==)/)
    return (words) => [
      '--norc',
      driver,
      'carillon',
      ...words.slice(0, -1).flatMap(split),
      ...split(words.at(-1) ?? ''),
      ...((words.at(-1) ?? '').endsWith('=') ? [''] : [])
    ]
  },
  fish: async (script) => (words) => [
    '--no-config',
    '-c',
    `source ${script}; complete -C ${JSON.stringify(`carillon ${words.join(' ')}`)}`
  ],
  // Its completion works at a terminal only, so one is made; what would be shown there is printed.
  zsh: async (script, write) => {
    const inner = await write(
      '.inner',
      `PROMPT=
autoload -Uz compinit; compinit -u -d ~/.dump
source ${script}
bindkey '^I' complete-word
mark() { print -r -- $'\\0' }
compprefuncs=(mark)
comppostfuncs=(mark exit)
zstyle ':completion:*' insert-tab false
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a hits
  builtin compadd -A hits "$@"
  print -rl -- $hits
}
print ready
`
    )
    const outer = await write(
      '.outer',
      `zmodload zsh/zpty || exit 3
zpty z zsh -f -i
zpty -w z "source ${inner}"
repeat 20; do
  zpty -r z line
  [[ $line == ready* ]] && break
done
zpty -w z "$1"$'\\t'
integer inside=0
while zpty -r z; do :; done | while IFS= read -r line; do
  if [[ $line == *$'\\0\\r' ]]; then
    (( inside++ )) && exit 0 || continue
  fi
  (( inside )) && print -r -- \${line%$'\\r'}
done
`
    )
    return (words) => ['-f', outer, `carillon ${words.join(' ')}`]
  }
}
