import { createPreference } from './preference.ts'

/** Whose clock instants are shown by: the reader's, the job's, or UTC. */
export const ZONE_CHOICES = ['mine', 'job', 'utc'] as const
export type ZoneChoice = (typeof ZONE_CHOICES)[number]

export const zoneChoice = createPreference<ZoneChoice>('zone', ZONE_CHOICES)

/** That of this browser. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** The zone to show an instant of a job in; without a job, its choice is the reader's own. */
export function zoneOf(job: { timezone: string } | null): string {
  if (zoneChoice.value === 'utc') return 'UTC'
  return zoneChoice.value === 'job' && job !== null ? job.timezone : ownZone
}
