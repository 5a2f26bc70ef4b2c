import type { FeedEvent, FeedTopic } from '../domain/feed-event.ts'

/** What a listener wants to hear. */
export interface FeedFilter {
  topics: ReadonlySet<FeedTopic>
  /** Only this job, its runs, changes and output. */
  jobId: number | null
  /** Only this run, and its output. */
  runId: number | null
}

/** Whether an event is for a listener. */
export function isWanted(event: FeedEvent, filter: FeedFilter): boolean {
  const { topics, jobId, runId } = filter
  const isOfJob = (id: number | null): boolean => jobId === null || jobId === id
  const isOfRun = (id: number): boolean => runId === null || runId === id
  switch (event.name) {
    case 'hello':
    case 'resync':
      return true
    case 'job':
      return topics.has('jobs') && isOfJob(event.data.id)
    case 'run':
      return topics.has('runs') && isOfJob(event.data.job_id) && isOfRun(event.data.id)
    case 'stats':
      return topics.has('stats')
    case 'replica':
      return topics.has('replicas')
    case 'scheduling':
      return topics.has('scheduling')
    case 'change':
      return topics.has('changes') && isOfJob(event.data.job_id)
    case 'run_output':
      // Of all runs together it would be more than anybody could follow.
      return topics.has('output') && runId === event.data.run_id && isOfJob(event.data.job_id)
  }
}
