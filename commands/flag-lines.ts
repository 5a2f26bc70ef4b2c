import { flagOf, variablesOf, type OptionSchemas } from '../src/option-sources.ts'

/** The flags of a command for people: two lines each, with the variables that say the same. */
export function flagLines(schemas: OptionSchemas): string {
  return Object.entries(schemas)
    .map(([name, schema]) => {
      const fallback: unknown = schema.default
      const unless =
        fallback === undefined || fallback === null ? '' : ` Default: ${JSON.stringify(fallback)}`
      const variables = variablesOf({ [name]: schema }).join(' or ')
      const also = variables === '' ? '' : `  (${variables})`
      return `  --${flagOf(name)}${also}\n      ${schema.description}${unless}\n`
    })
    .join('')
}
