import { Gauge, type Registry } from '@prometheus-io/client'
import { INVARIANTS } from '../domain/invariant.ts'
import type { Scheduler } from '../scheduler.ts'

/** What the last check of the invariants found, and when it was. */
export function createSelfCheckMetrics(registry: Registry, { events, status }: Scheduler): void {
  const violations = new Gauge({
    name: 'scheduler_invariant_violations',
    help: 'Violations that the last self-check of this process found.',
    labelNames: ['invariant'],
    registers: [registry]
  })
  for (const invariant of INVARIANTS) violations.set({ invariant }, 0)
  events.on('invariant_violated', ({ invariant, count }) => violations.set({ invariant }, count))

  const checkedAt = new Gauge({
    name: 'scheduler_self_check_timestamp_seconds',
    help: 'When this process last checked the invariants.',
    registers: [],
    collect() {
      this.set((status().lastCheckAt ?? 0) / 1_000)
    }
  })
  registry.registerMetric(checkedAt)
}
