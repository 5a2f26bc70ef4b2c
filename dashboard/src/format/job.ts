import type { Job } from '../../../client.ts'

/** What a job does, in a few words. */
export function targetOf({ target }: Job): string {
  switch (target.type) {
    case 'http':
      return `${target.method ?? 'POST'} ${new URL(target.url).host}`
    case 'handler':
      return target.name
    case 'command':
      return target.argv[0] ?? ''
    case 'log':
      return 'log'
  }
}
