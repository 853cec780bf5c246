import { RunsEvery } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import type { CatalogConfig } from '../config.js';
import { HandOverAudio } from '../use-cases/hand-over-audio.js';
import { PurgeDeleted, RemoveOrphanManifests } from '../use-cases/purge-deleted.js';
import { ReconcileAudio } from '../use-cases/reconcile-audio.js';

const HAND_OVER_EVERY_MS = 30_000;

/** What catalog does by itself. */
@Injectable()
export class DeletionTasks {
  constructor(
    private readonly purgeDeleted: PurgeDeleted,
    private readonly removeOrphans: RemoveOrphanManifests,
    private readonly reconcileAudio: ReconcileAudio,
    private readonly handOverAudio: HandOverAudio,
  ) {}

  @RunsEvery({ name: 'deleted rows', everyMs: (config: CatalogConfig) => config.PURGE_EVERY_MS })
  purge(): Promise<void> {
    return this.purgeDeleted.execute();
  }

  @RunsEvery({ name: 'orphan manifests', everyMs: (config: CatalogConfig) => config.ORPHANS_EVERY_MS })
  removeOrphanManifests(): Promise<void> {
    return this.removeOrphans.execute();
  }

  @RunsEvery({ name: 'orphan pins and audio', everyMs: (config: CatalogConfig) => config.RECONCILE_EVERY_MS })
  reconcile(): Promise<void> {
    return this.reconcileAudio.execute();
  }

  @RunsEvery({ name: 'audio handed over', everyMs: () => HAND_OVER_EVERY_MS })
  handOver(): Promise<void> {
    return this.handOverAudio.execute();
  }
}
