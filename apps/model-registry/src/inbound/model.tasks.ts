import { RunsEvery } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import type { ModelRegistryConfig } from '../config.js';
import { CollectArtefacts } from '../use-cases/collect-artefacts.js';

/** What the registry does by itself. */
@Injectable()
export class ModelTasks {
  constructor(private readonly collectArtefacts: CollectArtefacts) {}

  @RunsEvery({ name: 'model artefacts', everyMs: (config: ModelRegistryConfig) => config.PURGE_EVERY_MS })
  purge(): Promise<void> {
    return this.collectArtefacts.execute();
  }
}
