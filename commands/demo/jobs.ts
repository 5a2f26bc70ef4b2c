import type { JobInput } from '../../client.ts'

/** Jobs that move within a minute, each to show something. */
export function demoJobs(receiver: string, now: number): (JobInput & { key: string })[] {
  const call = (path: string) => ({ type: 'http' as const, url: receiver + path })
  const retry = { max_attempts: 3, initial: '1s', max: '4s' }
  return [
    {
      key: 'heartbeat',
      name: 'Heartbeat',
      schedule: '*/2 * * * * *',
      tags: ['log'],
      params: 'alive'
    },
    { key: 'ping', name: 'Ping', repeat_interval: '5s', target: call('/ok'), tags: ['http'] },
    {
      key: 'paris',
      name: 'Every ten seconds, in Paris',
      schedule: '*/10 * * * * *',
      timezone: 'Europe/Paris',
      target: call('/ok'),
      tags: ['http']
    },
    { key: 'flaky', name: 'Fails sometimes', repeat_interval: '4s', target: call('/flaky'), retry },
    { key: 'broken', name: 'Fails always', repeat_interval: '15s', target: call('/broken'), retry },
    { key: 'busy', name: 'Is told to wait', repeat_interval: '10s', target: call('/busy'), retry },
    {
      key: 'silent',
      name: 'Gets no answer',
      repeat_interval: '20s',
      target: call('/silent'),
      timeout: '3s',
      retry: { max_attempts: 1 }
    },
    { key: 'gone', name: 'Is not wanted any more', repeat_interval: '12s', target: call('/gone') },
    { key: 'skips', name: 'Overlaps: skips', repeat_interval: '1s', target: call('/slow') },
    {
      key: 'queues',
      name: 'Overlaps: queues one',
      repeat_interval: '1s',
      overlap: 'queue_one',
      target: call('/slow')
    },
    {
      key: 'replaces',
      name: 'Overlaps: replaces',
      repeat_interval: '2s',
      overlap: 'replace',
      target: call('/slow')
    },
    {
      key: 'allows',
      name: 'Overlaps: allowed',
      repeat_interval: '1s',
      overlap: 'allow',
      target: call('/slow')
    },
    { key: 'once', name: 'Once', start_date: new Date(now + 30_000).toISOString(), params: 'boo' },
    {
      key: 'waits',
      name: 'Waits for a handler',
      repeat_interval: '6s',
      target: { type: 'handler', name: 'none' }
    },
    { key: 'weekly', name: 'Weekly report', schedule: '0 9 * * 1', timezone: 'Europe/Paris' }
  ]
}
