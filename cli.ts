#!/usr/bin/env node
import './commands/refuse-old-node.ts'
import process from 'node:process'
import type { Command } from './commands/command.ts'
import { serve } from './commands/serve.ts'
import { ConnectionError, ProblemError } from './client.ts'
import { CarillonError } from './src/domain/errors.ts'
import { didYouMean } from './src/domain/suggest.ts'
import { version } from './src/version.ts'

/** The exit codes of every command: 0 is done, 1 is refused or failed. */
const FAILED = 1
const WRONG_USAGE = 2

/** Not before they are asked for: the service, which stays, would hold them in memory for nothing. */
async function loadCommands(): Promise<ReadonlyMap<string, Command>> {
  const { commands } = await import('./commands/commands.ts')
  return commands
}

async function help(): Promise<string> {
  const commands = await loadCommands()
  const width = Math.max(...[...commands.keys()].map((word) => word.length)) + 1
  const lines = [...commands].map(([word, { summary }]) => `  ${word.padEnd(width)}${summary}\n`)
  return `carillon [command] [flags]\n\n${lines.join('')}\ncarillon <command> --help shows its flags, carillon --version the version.\n`
}

/** A first word that is a flag belongs to the service, which is started by no word too. */
async function main([first = 'serve', ...others]: readonly string[]): Promise<void> {
  const isWord = !first.startsWith('-')
  const words = isWord ? others : [first, ...others]
  const asked = (flag: string): boolean => words.includes(flag)
  if (!isWord && asked('--version')) return print(`${version}\n`)
  if (!isWord && asked('--help')) return print(await help())
  const command = !isWord || first === 'serve' ? serve : await commandOf(first)
  if (asked('--help')) return print(command.usage)
  await command.run(words).catch((error: unknown) => end(codeOf(command, error), sentence(error)))
}

async function commandOf(word: string): Promise<Command> {
  const commands = await loadCommands()
  const command = commands.get(word)
  if (command !== undefined) return command
  const hint = didYouMean(word, [...commands.keys()]) || ' "carillon --help" lists them.'
  return end(WRONG_USAGE, `"${word}" is not a command.${hint}`)
}

function print(text: string): void {
  process.stdout.write(text)
}

function end(code: number, message: string): never {
  process.stderr.write(`carillon: ${message}\n`)
  process.exit(code)
}

function codeOf(command: Command, error: unknown): number {
  const isUsage = error instanceof CarillonError && error.code === 'invalid_configuration'
  return isUsage ? command.wrongUsage : FAILED
}

/** Whoever types a command wants one sentence, not a stack, for what they can mend. */
function sentence(error: unknown): string {
  if (error instanceof CarillonError) return error.message
  if (error instanceof ProblemError || error instanceof ConnectionError) return error.message
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'path' in error) {
    return `There is no file ${String(error.path)}.`
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}; another process listens there. Choose another PORT.`
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

// Who reads a pipe may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : FAILED)
})
await main(process.argv.slice(2))
