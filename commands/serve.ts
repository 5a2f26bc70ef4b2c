import { Options } from '../src/config.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'

/** The service, which `carillon` without a word starts too. */
export const serve: Command = {
  summary: 'Runs the service, as carillon alone does.',
  usage: `carillon [serve] [flags]\n\n${flagLines(Options.properties)}`,
  flags: Options.properties,
  // A service that does not start has failed, whatever the reason.
  wrongUsage: 1,
  run: async (flags) => {
    // Only now: other commands need not wait until the whole service is loaded.
    const server = await import('../server.ts')
    await server.serve(flags)
  }
}
