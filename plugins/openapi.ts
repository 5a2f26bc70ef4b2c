import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import fp from 'fastify-plugin'
import { appOf } from './instance.ts'
import { finishDocument, type RawDocument } from '../src/openapi/finish-document.ts'
import { TAGS } from '../src/openapi/operations.ts'
import { version } from '../src/version.ts'

const DOCUMENT: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Carillon',
    version,
    description: 'A job scheduler with a record of every occurrence.',
    license: { name: 'MIT', identifier: 'MIT' }
  },
  tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  components: {
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'An API key with the scope of the operation, where keys are asked for.'
      },
      basic: { type: 'http', scheme: 'basic', description: 'The same as the password.' }
    }
  },
  security: [{ bearer: [] }, { basic: [] }, {}]
}

/** Relative to the description: right under every prefix, and behind every proxy. */
const SERVERS = [{ url: '.' }]

/**
 * Decorates `openapi`, the description of the API (OpenAPI 3.1), made of what the routes declare. It
 * knows our routes alone; a host application that describes its API has ours in its own description.
 */
export default fp(
  async (instance) => {
    const app = appOf(instance)
    const prefix = app.prefix.replace(/\/$/, '')
    await app.register(swagger, {
      // A host may have the usual one.
      decorator: 'rawOpenapi',
      openapi: structuredClone(DOCUMENT),
      transformObject: (made) => {
        const raw: RawDocument = JSON.parse(
          JSON.stringify('openapiObject' in made ? made.openapiObject : {})
        )
        return { ...finishDocument(raw, prefix), servers: SERVERS }
      }
    })
    const describe = app.getDecorator<() => object>('rawOpenapi')
    let text: string | null = null
    app.decorate('openapi', () => {
      text ??= JSON.stringify(describe(), null, 2)
      return text
    })
  },
  { name: 'carillon-openapi', dependencies: ['carillon-host-document'] }
)
