import { PeriodicTask, type Logger, type Sql } from '@earmark/service-kit';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { CollectArtefacts } from '../use-cases/collect-artefacts.js';

interface Ports {
  readonly collectArtefacts: CollectArtefacts;
  readonly sql: Sql;
  readonly logger: Logger;
  readonly everyMs: number;
}

/** Time as a door: removes what may go. */
export class CollectorTask implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #task: PeriodicTask;

  constructor({ collectArtefacts, sql, logger, everyMs }: Ports) {
    this.#task = new PeriodicTask({ name: 'model artefacts', everyMs, run: () => collectArtefacts.execute(), sql, logger });
  }

  onApplicationBootstrap(): void {
    this.#task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#task.stop();
  }
}
