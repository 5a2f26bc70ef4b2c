import type { JobInput } from '../../../client.ts'
import { addressOf } from '../service.ts'
import { quoted } from './quoted.ts'

/** What makes a job, or replaces the one with this id, from a POSIX shell. */
export function curlOf(input: JobInput | object | null, id: number | null): string {
  const [method, path] = id === null ? ['POST', 'jobs'] : ['PUT', `jobs/${id}`]
  return [
    `curl -X ${method} ${quoted(addressOf(path))}`,
    `-H 'content-type: application/json'`,
    `-d ${quoted(JSON.stringify(input))}`
  ].join(' \\\n  ')
}
