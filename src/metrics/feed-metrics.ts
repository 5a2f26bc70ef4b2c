import { Gauge, type Registry } from '@prometheus-io/client'

/** How many listen to the stream of events, read at each scrape. */
export function createFeedMetrics(registry: Registry, listeners: () => number): void {
  const gauge = new Gauge({
    name: 'scheduler_event_listeners',
    help: 'Streams of events that are open.',
    registers: [],
    collect() {
      this.set(listeners())
    }
  })
  registry.registerMetric(gauge)
}
