import { RunsEvery } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import type { CatalogConfig } from '../config.js';
import { PurgeDeleted, RemoveOrphanManifests } from '../use-cases/purge-deleted.js';

/** What catalog does by itself. */
@Injectable()
export class DeletionTasks {
  constructor(
    private readonly purgeDeleted: PurgeDeleted,
    private readonly removeOrphans: RemoveOrphanManifests,
  ) {}

  @RunsEvery({ name: 'deleted rows', everyMs: (config: CatalogConfig) => config.PURGE_EVERY_MS })
  purge(): Promise<void> {
    return this.purgeDeleted.execute();
  }

  @RunsEvery({ name: 'orphan manifests', everyMs: (config: CatalogConfig) => config.ORPHANS_EVERY_MS })
  removeOrphanManifests(): Promise<void> {
    return this.removeOrphans.execute();
  }
}
