import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

const registry = new Registry();
collectDefaultMetrics({ register: registry });

const plain = ({ name, help, labels }: MetricOptions) => ({
  name,
  help,
  labelNames: [...(labels ?? [])],
  registers: [registry],
});

/** The metrics of this process, exposed on `/metrics`. Asking for a name twice gives the same metric. Times are in seconds. */
export const metrics = {
  counter: (options: MetricOptions): Counter => existing(options.name, Counter) ?? new Counter(plain(options)),
  gauge: (options: MetricOptions): Gauge => existing(options.name, Gauge) ?? new Gauge(plain(options)),
  histogram: (options: MetricOptions & { buckets?: readonly number[] }): Histogram =>
    existing(options.name, Histogram) ??
    new Histogram({ ...plain(options), ...(options.buckets === undefined ? {} : { buckets: [...options.buckets] }) }),
  /** Prometheus text format. */
  text: (): Promise<string> => registry.metrics(),
  contentType: registry.contentType,
};

function existing<Metric>(name: string, type: new (...args: never[]) => Metric): Metric | undefined {
  const metric: unknown = registry.getSingleMetric(name);
  return metric instanceof type ? metric : undefined;
}
