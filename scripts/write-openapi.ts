import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import Fastify from 'fastify'
import app from '../app.ts'
import { appOf } from '../plugins/instance.ts'
import { parseConfig } from '../src/config.ts'

const server = Fastify()
const config = parseConfig({ database: 'sqlite::memory:', autoStart: false })
await app(server, { config, isService: true })
await server.ready()
await writeFile(path.join(import.meta.dirname, '../openapi.json'), `${appOf(server).openapi()}\n`)
await server.close()
