import type { Message } from '@earmark/contracts';
import { FindsLostWork, RunsEvery } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import type { IngestConfig } from '../config.js';
import { CollectGarbage } from '../use-cases/collect-garbage.js';
import { FindIdleAudio } from '../use-cases/find-idle-audio.js';

/** What ingest does by itself. */
@Injectable()
export class AudioTasks {
  constructor(
    private readonly collectGarbage: CollectGarbage,
    private readonly findIdleAudio: FindIdleAudio,
  ) {}

  @RunsEvery({ name: 'audio nobody uses', everyMs: (config: IngestConfig) => config.COLLECT_EVERY_MS })
  purge(): Promise<void> {
    return this.collectGarbage.execute();
  }

  @FindsLostWork('audio files')
  findLost(): Promise<Message[]> {
    return this.findIdleAudio.execute();
  }
}
