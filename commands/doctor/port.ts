import { once } from 'node:events'
import { createServer } from 'node:net'
import { codeOf } from '../../src/store/dialect.ts'
import { version } from '../../src/version.ts'
import { failed, ok, warning, type Check, type Finding } from './check.ts'
import { withConfig } from './needs.ts'
import { findCarillon } from './running-service.ts'

/** Both addresses that the service listens at by this name. */
const LOOPBACK = ['127.0.0.1', '::1']

/** Whether the service can listen where it is to, or does so already. */
export const port: Check = {
  name: 'port',
  run: withConfig(async ({ host, port: number }) => {
    if (number === 0) return ok('Any free port is taken.')
    for (const address of host === 'localhost' ? LOOPBACK : [host]) {
      const code = await listenFault(address, number)
      // Not every machine has both.
      if (code === null || (address === '::1' && code !== 'EADDRINUSE')) continue
      return code === 'EADDRINUSE' ? whoListens(address, number) : failed(reasonOf(code, host))
    }
    return ok(`Port ${number} of ${host} is free.`)
  })
}

/** The code of the error that listening gives; null when there is none. */
async function listenFault(host: string, number: number): Promise<string | null> {
  const server = createServer()
  try {
    server.listen({ host, port: number })
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return null
  } catch (error) {
    return codeOf(error)
  }
}

async function whoListens(address: string, number: number): Promise<Finding> {
  const found = await findCarillon(address, number)
  if (found === null) {
    return failed(
      `Another process listens on port ${number} of ${address}; stop it, or choose another PORT.`
    )
  }
  if (found.version === null || found.version === version) {
    return ok(`Carillon answers at ${found.url} already.`)
  }
  return warning(
    `Carillon ${found.version} answers at ${found.url} already, but this is ${version}; restart it with this one.`
  )
}

function reasonOf(code: string, host: string): string {
  if (code === 'EACCES') return 'This user may not listen on that port; choose a PORT above 1023.'
  return `HOST is "${host}", which is no address of this machine (${code}); choose one that is.`
}
