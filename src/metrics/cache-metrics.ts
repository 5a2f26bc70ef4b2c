import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { JobCache } from '../job-cache.ts'

/** Metrics of the cache, read from it at each scrape. */
export function createCacheMetrics(registry: Registry, cache: JobCache): void {
  const registers: Registry[] = []
  const counter = (name: string, help: string, read: () => number): void => {
    const metric = new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      }
    })
    registry.registerMetric(metric)
  }
  counter('cache_hits', 'Reads answered from the cache.', () => cache.counters().hits)
  counter('cache_misses_total', 'Reads that went to the database.', () => cache.counters().misses)
  counter(
    'cache_evictions_total',
    'Jobs put out for lack of room.',
    () => cache.counters().evictions
  )
  const size = new Gauge({
    name: 'cache_size',
    help: 'Jobs in the cache.',
    registers,
    collect() {
      this.set(cache.size())
    }
  })
  registry.registerMetric(size)
}
