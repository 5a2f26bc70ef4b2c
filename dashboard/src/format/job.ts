import type { Job } from '../../../client.ts'

/** When a job runs, as it was written. */
export function scheduleOf({ schedule, timezone, repeat_interval: every, start_date: at }: Job) {
  if (schedule !== null) return timezone === 'UTC' ? schedule : `${schedule} ${timezone}`
  return every === null ? `once at ${at}` : `every ${every}`
}

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
