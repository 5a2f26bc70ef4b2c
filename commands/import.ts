import { invalid } from '../src/option-sources.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { CrontabFlags, importCrontab } from './import/crontab.ts'
import { readServiceCall, ServiceFlags } from './service-call.ts'
import { actionOf } from './sub-word.ts'

const Flags = { ...CrontabFlags, ...ServiceFlags }

const USAGE = `carillon import crontab <file> [flags]

"-" is standard input. Nothing is changed without --apply:

  crontab -l | carillon import crontab -
  crontab -l | carillon import crontab - --apply --tag web1
  carillon import crontab /etc/crontab

${flagLines(Flags)}`

/** The way from another scheduler to jobs. */
export const importFrom: Command = {
  summary: 'Turns a crontab into jobs of a service.',
  usage: USAGE,
  words: { crontab: { flags: Flags, takes: 'file' } },
  wrongUsage: 2,
  run: async (args) => {
    const { words, ...call } = readServiceCall(CrontabFlags, args)
    const [word, ...files] = words
    if (word === undefined) {
      throw invalid('Import what? "carillon import crontab <file>"; "-" reads standard input.')
    }
    const run = actionOf({ crontab: importCrontab }, { command: 'import', word, also: [] })
    await run(call, files)
  }
}
