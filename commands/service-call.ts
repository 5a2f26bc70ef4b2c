import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { createClient, type Client } from '../client.ts'
import { createParser } from '../src/domain/validation.ts'
import { invalid, readFlags, readVariables, splitWords } from '../src/option-sources.ts'

/** What every command takes that calls a service. */
export const ServiceFlags = {
  url: Type.String({
    default: 'http://localhost:8080',
    env: 'CARILLON_URL',
    description: 'Where the service answers.'
  }),
  apiKey: Type.String({
    env: 'CARILLON_API_KEY',
    secret: true,
    description: 'A key of the service, if it asks for one.'
  }),
  json: Type.Boolean({
    default: false,
    flagOnly: true,
    description: 'JSON instead of a table; so it is in a pipe anyway.'
  })
}

type Flags = Record<string, TSchema>

/** A command line that was read. */
export interface ServiceCall<Schemas extends Flags> {
  client: Client
  /** What is no flag, in order. */
  words: string[]
  options: Partial<{ [Name in keyof Schemas]: Static<Schemas[Name]> }>
  /** Whether the answer goes to a program. */
  isJson: boolean
}

/** @throws CarillonError `invalid_configuration` for a flag that is none, or its value */
export function readServiceCall<Schemas extends Flags>(
  schemas: Schemas,
  args: readonly string[]
): ServiceCall<Schemas> {
  const all = { ...schemas, ...ServiceFlags }
  const { words, flags } = splitWords(all, args)
  const variables = readVariables(ServiceFlags, process.env, (path) => readFileSync(path, 'utf8'))
  const given = readFlags(all, flags)
  const { url, apiKey, json } = parseService({ ...variables, ...given })
  if (url !== undefined && !URL.canParse(url)) {
    throw invalid(`"--url" is "${url}", but must be a whole URL such as "http://localhost:8080".`)
  }
  const client = createClient({ ...(url && { url }), ...(apiKey && { apiKey }) })
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => name in schemas))
  const options = createParser(Type.Partial(Type.Object(schemas)), 'config')(own)
  return { client, words, options, isJson: json === true || !process.stdout.isTTY }
}

const parseService = createParser(
  Type.Partial(Type.Object(ServiceFlags), { additionalProperties: true }),
  'config'
)
