import { PeriodicTask, type Logger, type Sql } from '@earmark/service-kit';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { PurgeDeleted, RemoveOrphanManifests } from '../use-cases/purge-deleted.js';

interface Ports {
  readonly purgeDeleted: PurgeDeleted;
  readonly removeOrphans: RemoveOrphanManifests;
  readonly sql: Sql;
  readonly logger: Logger;
  readonly purgeEveryMs: number;
  readonly orphansEveryMs: number;
}

/** Time as a door: what catalog does by itself. */
export class PurgeTasks implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #tasks: readonly PeriodicTask[];

  constructor({ purgeDeleted, removeOrphans, sql, logger, purgeEveryMs, orphansEveryMs }: Ports) {
    this.#tasks = [
      new PeriodicTask({ name: 'deleted rows', everyMs: purgeEveryMs, run: () => purgeDeleted.execute(), sql, logger }),
      new PeriodicTask({ name: 'orphan manifests', everyMs: orphansEveryMs, run: () => removeOrphans.execute(), sql, logger }),
    ];
  }

  onApplicationBootstrap(): void {
    for (const task of this.#tasks) task.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.#tasks.map((task) => task.stop()));
  }
}
