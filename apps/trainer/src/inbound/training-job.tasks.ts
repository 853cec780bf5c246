import { PeriodicTask, type Logger, type Sql } from '@earmark/service-kit';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { TidyUp } from '../use-cases/tidy-up.js';

interface Ports {
  readonly tidyUp: TidyUp;
  readonly sql: Sql;
  readonly logger: Logger;
  readonly everyMs: number;
}

/** Time as a door: what the trainer does by itself. */
export class TidyTask implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #task: PeriodicTask;

  constructor({ tidyUp, sql, logger, everyMs }: Ports) {
    this.#task = new PeriodicTask({ name: 'leftovers of trainings', everyMs, run: () => tidyUp.execute(), sql, logger });
  }

  onApplicationBootstrap(): void {
    this.#task.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#task.stop();
  }
}
