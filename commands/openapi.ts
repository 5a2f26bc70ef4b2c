import { readFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { invalid } from '../src/option-sources.ts'
import type { Command } from './command.ts'

/** Beside the sources, and one folder up from what is built of them. */
const PLACES = ['../openapi.json', '../../openapi.json']

/** The description of the API. */
export const openapi: Command = {
  summary: 'Prints the description of the API, OpenAPI 3.1.',
  usage: 'carillon openapi > openapi.json\n',
  wrongUsage: 2,
  run: async ([word]) => {
    if (word !== undefined) throw invalid(`"${word}" is not known here; "openapi" stands alone.`)
    const files = PLACES.map((place) => path.join(import.meta.dirname, place))
    const [text] = (
      await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => null)))
    ).filter((found) => found !== null)
    process.stdout.write(text ?? '')
  }
}
