import type { FeedEvent } from '../../../../client.ts'

/** Whether what is planned has changed. Each run moves its job along, which does not change the plan. */
export function changesPlan(event: FeedEvent): boolean {
  return event.name === 'job' && event.data.change !== 'moved'
}
