import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { stringify } from 'yaml'
import { words } from '../src/domain/schema.ts'
import { flagsOnly } from '../src/option-sources.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { printJson, printNote } from './print.ts'
import { readServiceCall, ServiceFlags } from './service-call.ts'

const { json: _json, ...Connection } = ServiceFlags
const ExportFlags = flagsOnly({
  tag: Type.String({ description: 'Only jobs that have it.' }),
  format: words(['yaml', 'json'], { default: 'yaml', description: 'yaml or json.' })
})

const Flags = { ...ExportFlags, ...Connection }

const USAGE = `carillon export [flags] > jobs.yaml

Writes a manifest, which "carillon apply" takes.

${flagLines(Flags)}`

/** The way from jobs to a file. */
export const exportJobs: Command = {
  summary: 'Writes every job of a service as a manifest.',
  usage: USAGE,
  flags: Flags,
  wrongUsage: 2,
  run: async (args) => {
    const { client, options } = readServiceCall(ExportFlags, args)
    const { tag, format } = options
    const jobs = await Array.fromAsync(client.exportJobs(tag === undefined ? {} : { tag }))
    if (format === 'json') printJson({ jobs })
    else process.stdout.write(stringify({ jobs }))
    const nameless = jobs.filter(({ key }) => key == null)
    if (nameless.length === 0) return
    const names = nameless.slice(0, 5).map(({ name }) => `"${name}"`)
    printNote(
      `${nameless.length} of ${jobs.length} jobs have no key, which a manifest needs: ${names.join(', ')}${nameless.length > 5 ? ', …' : ''}.`
    )
  }
}
