import type { Message } from '@earmark/contracts';
import { FindsLostWork, RunsEvery } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import type { IngestConfig } from '../config.js';
import { CollectGarbage } from '../use-cases/collect-garbage.js';
import { FindIdleAudio } from '../use-cases/find-idle-audio.js';
import { FindUnemptied } from '../use-cases/find-unemptied.js';
import { RemoveOrphanUploads } from '../use-cases/remove-orphan-uploads.js';

/** What ingest does by itself. */
@Injectable()
export class AudioTasks {
  constructor(
    private readonly collectGarbage: CollectGarbage,
    private readonly removeOrphanUploads: RemoveOrphanUploads,
    private readonly findIdleAudio: FindIdleAudio,
    private readonly findUnemptied: FindUnemptied,
  ) {}

  @RunsEvery({ name: 'audio nobody uses', everyMs: (config: IngestConfig) => config.COLLECT_EVERY_MS })
  purge(): Promise<void> {
    return this.collectGarbage.execute();
  }

  @RunsEvery({ name: 'orphan uploads', everyMs: (config: IngestConfig) => config.RECONCILE_EVERY_MS })
  reconcile(): Promise<void> {
    return this.removeOrphanUploads.execute();
  }

  @FindsLostWork('audio files')
  findLost(): Promise<Message[]> {
    return this.findIdleAudio.execute();
  }

  @FindsLostWork('released references')
  findLostReleases(): Promise<Message[]> {
    return this.findUnemptied.execute();
  }
}
