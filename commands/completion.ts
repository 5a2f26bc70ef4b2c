import process from 'node:process'
import { didYouMean } from '../src/domain/suggest.ts'
import { invalid } from '../src/option-sources.ts'
import { version } from '../src/version.ts'
import type { Command } from './command.ts'
import { bashScript } from './completion/bash.ts'
import { fishScript } from './completion/fish.ts'
import { placesOf, type Place } from './completion/places.ts'
import { zshScript } from './completion/zsh.ts'

const SCRIPTS: Readonly<Record<string, (places: readonly Place[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript
}
const SHELLS = Object.keys(SCRIPTS)

const USAGE = `carillon completion ${SHELLS.join('|')}

Prints a script by which the shell completes the words and flags of carillon. To install it:

  bash  echo 'source <(carillon completion bash)' >> ~/.bashrc
  zsh   echo 'source <(carillon completion zsh)' >> ~/.zshrc    (below compinit)
  fish  echo 'carillon completion fish | source' >> ~/.config/fish/config.fish
`

/** What shells need to complete these commands; it is among them itself. */
export function completionOf(commands: () => ReadonlyMap<string, Command>): Command {
  return {
    summary: 'Prints a script by which bash, zsh or fish completes words and flags.',
    usage: USAGE,
    words: Object.fromEntries(SHELLS.map((shell) => [shell, {}])),
    wrongUsage: 2,
    run: async ([shell, ...others]) => {
      if (shell === undefined) return void process.stdout.write(USAGE)
      const [more] = others
      if (more !== undefined) throw invalid(`"${more}" is not known here; one shell is enough.`)
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined
      if (script === undefined) {
        const hint = didYouMean(shell, SHELLS) || ` Known are ${SHELLS.join(', ')}.`
        throw invalid(`"${shell}" is no shell that can be completed for.${hint}`)
      }
      process.stdout.write(withVersion(script(placesOf(commands()))))
    }
  }
}

/** The first line may tell a shell what the file is, and stays first. */
function withVersion(script: string): string {
  const note = `# The words and flags of carillon ${version}; print it anew after an upgrade.\n`
  return script.startsWith('#') ? script.replace('\n', `\n${note}`) : note + script
}
