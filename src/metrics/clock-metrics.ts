import { Gauge, type Registry } from '@prometheus-io/client'

/** How far apart the clocks are, read at each scrape. */
export function createClockMetrics(registry: Registry, skewMs: () => number): void {
  const skew = new Gauge({
    name: 'scheduler_clock_skew_seconds',
    help: 'How far the clock of this machine is ahead of that of the database server.',
    registers: [],
    collect() {
      this.set(skewMs() / 1_000)
    }
  })
  registry.registerMetric(skew)
}
