import type { Message } from '@earmark/contracts';
import { FindsLostWork, RunsEvery } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import type { TrainerConfig } from '../config.js';
import { FindUnattended } from '../use-cases/find-unattended.js';
import { ReconcilePins } from '../use-cases/reconcile-pins.js';
import { TidyUp } from '../use-cases/tidy-up.js';

/** What the trainer does by itself. */
@Injectable()
export class TrainingJobTasks {
  constructor(
    private readonly tidyUp: TidyUp,
    private readonly reconcilePins: ReconcilePins,
    private readonly findUnattended: FindUnattended,
  ) {}

  @RunsEvery({ name: 'leftovers of trainings', everyMs: (config: TrainerConfig) => config.TIDY_EVERY_MS })
  purge(): Promise<void> {
    return this.tidyUp.execute();
  }

  @RunsEvery({ name: 'orphan pins of annotation sets', everyMs: (config: TrainerConfig) => config.RECONCILE_EVERY_MS })
  reconcile(): Promise<void> {
    return this.reconcilePins.execute();
  }

  @FindsLostWork('unattended trainings')
  findLost(): Promise<Message[]> {
    return this.findUnattended.execute();
  }
}
