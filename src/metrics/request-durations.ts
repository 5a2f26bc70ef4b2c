import {
  Histogram,
  type MetricObjectWithValues,
  type MetricValueWithName,
  type Registry
} from '@prometheus-io/client'

const ABOUT = {
  name: 'http_request_duration_seconds',
  help: 'From the arrival of a request to the end of its answer, by route.'
}

/** Upper bounds in seconds, each included. */
const BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

const LABELS = ['method', 'route', 'status_code'] as const
type Label = (typeof LABELS)[number]
type Labels = Readonly<Record<Label, string | number>>
/** As they are shown, where `le` is the bound of a bucket. */
type Shown = Label | 'le'
type Value = MetricValueWithName<Shown>

/** What was observed of one series. */
interface Tally {
  readonly labels: Labels
  /** By bound, each without those below it; the last are above all bounds. */
  readonly buckets: number[]
  sum: number
}

/**
 * The histogram of requests. The client looks a series up by its labels at each observation, which
 * takes longer than most of what is done for a request; here, a series is looked up once and kept.
 */
export class RequestDurations extends Histogram<Shown> {
  readonly #tallies: Tally[] = []

  constructor(registry: Registry) {
    super({ ...ABOUT, labelNames: LABELS, buckets: [...BOUNDS], registers: [registry] })
  }

  /** A new series, to be observed in seconds; to be asked for once for these labels. */
  series(labels: Labels): (seconds: number) => void {
    const tally = { labels, buckets: [...BOUNDS, Infinity].map(() => 0), sum: 0 }
    this.#tallies.push(tally)
    return (seconds) => {
      let at = 0
      while (seconds > (BOUNDS[at] ?? Infinity)) at++
      tally.buckets[at] = (tally.buckets[at] ?? 0) + 1
      tally.sum += seconds
    }
  }

  override async get(): Promise<MetricObjectWithValues<Value>> {
    const values = this.#tallies.flatMap(valuesOf)
    return { ...ABOUT, type: 'histogram', aggregator: 'sum', collect: () => undefined, values }
  }

  /** What the registry asks for instead, where a metric has it. */
  getForPromString(): Promise<MetricObjectWithValues<Value>> {
    return this.get()
  }
}

function valuesOf({ labels, buckets, sum }: Tally): Value[] {
  let count = 0
  const cumulated = buckets.map((observed, at) => {
    count += observed
    return valueOf('bucket', { le: BOUNDS[at] ?? '+Inf', ...labels }, count)
  })
  return [...cumulated, valueOf('sum', labels, sum), valueOf('count', labels, count)]
}

function valueOf(part: string, labels: Value['labels'], value: number): Value {
  return { metricName: `${ABOUT.name}_${part}`, labels, value }
}
