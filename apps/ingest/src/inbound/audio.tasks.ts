import type { InferencePool } from '@earmark/onnx-runtime';
import { PeriodicTask, type Logger, type Sql } from '@earmark/service-kit';
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { CollectGarbage } from '../use-cases/collect-garbage.js';

interface Parts {
  readonly collectGarbage: CollectGarbage;
  /** Removes what killed processes left on this machine. */
  readonly tidy: () => Promise<void>;
  readonly pool: Pick<InferencePool, 'close'>;
  readonly sql: Sql;
  readonly logger: Logger;
  readonly collectEveryMs: number;
}

/** Time as a door: what ingest does by itself, and what ends with it. */
export class IngestLifecycle implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  readonly #task: PeriodicTask;

  constructor(private readonly parts: Parts) {
    const { collectGarbage, collectEveryMs: everyMs, sql, logger } = parts;
    this.#task = new PeriodicTask({ name: 'audio nobody uses', everyMs, run: () => collectGarbage.execute(), sql, logger });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.parts.tidy();
    this.#task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#task.stop();
  }

  onApplicationShutdown(): Promise<void> {
    return this.parts.pool.close();
  }
}
