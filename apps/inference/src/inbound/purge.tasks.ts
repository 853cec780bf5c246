import { RunsEvery } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import type { InferenceConfig } from '../config.js';
import { PurgeJobs } from '../use-cases/purge-jobs.js';

/** Erases what was purged. */
@Injectable()
export class PurgeTasks {
  constructor(private readonly purgeJobs: PurgeJobs) {}

  @RunsEvery({ name: 'purge jobs', everyMs: (config: InferenceConfig) => config.INFERENCE_PURGE_EVERY_MS })
  purge(): Promise<void> {
    return this.purgeJobs.execute();
  }
}
