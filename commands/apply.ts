import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { ProblemError, type Manifest, type ManifestReport } from '../client.ts'
import { CarillonError } from '../src/domain/errors.ts'
import { flagsOnly, invalid } from '../src/option-sources.ts'
import type { Command } from './command.ts'
import { readDocument, type ReadDocument } from './document.ts'
import { flagLines } from './flag-lines.ts'
import { planOf } from './plan.ts'
import { printJson } from './print.ts'
import { readServiceCall, ServiceFlags } from './service-call.ts'

const ApplyFlags = flagsOnly({
  dryRun: Type.Boolean({ description: 'Say what would change; change nothing.' }),
  prune: Type.Boolean({ description: 'Delete jobs with a key that the file does not name.' }),
  tag: Type.String({ description: 'Give every job this tag, and prune only jobs that have it.' })
})

const Flags = { ...ApplyFlags, ...ServiceFlags }

const USAGE = `carillon apply <file> [flags]

The file is a manifest in YAML or JSON, "-" for standard input:

  jobs:
    - key: invoices
      name: Invoices
      schedule: 0 6 1 * *

  carillon apply jobs.yaml --dry-run
  carillon apply jobs.yaml --tag billing --prune

${flagLines(Flags)}`

/** The way from a file to jobs. */
export const apply: Command = {
  summary: 'Makes the jobs of a service what a file says: creates, changes, prunes.',
  usage: USAGE,
  flags: Flags,
  takes: 'file',
  wrongUsage: 2,
  run: async (args) => {
    const { client, words, options, isJson } = readServiceCall(ApplyFlags, args)
    const [file, ...others] = words
    if (file === undefined)
      throw invalid('Which file? "carillon apply jobs.yaml"; "-" reads standard input.')
    if (others.length > 0)
      throw invalid('One file at a time: what a second one says would be pruned by the first.')
    const document = await readDocument(file)
    const { dryRun = false, prune, tag } = options
    const manifest = { ...manifestOf(document.value), ...(prune && { prune }), ...(tag && { tag }) }
    const calls = dryRun ? client.dryRun : client
    const report = await calls.apply(manifest).catch((error: unknown) => {
      throw withLines(error, file, document)
    })
    show(report, isJson)
  }
}

/** A list of jobs alone is a manifest, too. The service says what is wrong with it. */
function manifestOf(value: unknown): Manifest {
  return JSON.parse(JSON.stringify(Array.isArray(value) ? { jobs: value } : value))
}

function show(report: ManifestReport, isJson: boolean): void {
  if (isJson) printJson(report)
  else process.stdout.write(planOf(report))
}

/** The faults that the service found, each with its line in the file. */
function withLines(error: unknown, file: string, { value, lineOf }: ReadDocument): unknown {
  if (!(error instanceof ProblemError) || error.errors.length === 0) return error
  const place = (pointer: string): number =>
    lineOf(Array.isArray(value) ? pointer.replace(/^\/jobs/, '') : pointer)
  const faults = error.errors.map(({ pointer, detail }) => `${file}:${place(pointer)}: ${detail}`)
  const message = [...faults, 'Nothing was changed.'].join('\n')
  return new CarillonError('validation_failed', message)
}
