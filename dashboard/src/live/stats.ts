import { signal } from '@preact/signals'
import type { StatsEvent } from '../../../src/domain/feed-event.ts'

/** What goes on and what is due, as last told; null before the service has told it. */
export const stats = signal<StatsEvent | null>(null)
