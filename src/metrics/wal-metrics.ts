import { Gauge, type Registry } from '@prometheus-io/client'
import type { Wal } from '../store/db.ts'

/** How large the log of SQLite is, looked at with each scrape. */
export function createWalMetrics(registry: Registry, wal: Wal | null): void {
  const size = new Gauge({
    name: 'scheduler_wal_size_bytes',
    help: 'The size of the write-ahead log of SQLite; 0 on a server.',
    registers: [],
    collect() {
      this.set(wal?.bytes() ?? 0)
    }
  })
  registry.registerMetric(size)
}
