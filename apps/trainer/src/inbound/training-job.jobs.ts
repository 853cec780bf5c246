import type { JobPayload } from '@earmark/contracts';
import { trainModel } from '@earmark/contracts/trainer/jobs';
import { HandlesJob } from '@earmark/service-runtime';
import type { Outcome, Work } from '@earmark/service-kit';
import { Injectable } from '@nestjs/common';
import { lanesOf, type TrainerConfig } from '../config.js';
import { TrainModel } from '../use-cases/train-model.js';

const concurrency = (config: TrainerConfig): number => config.TRAINING_CONCURRENCY;

/** The trainer's work. */
@Injectable()
export class TrainerJobs {
  constructor(private readonly training: TrainModel) {}

  @HandlesJob(trainModel, { lane: lanesOf, concurrency })
  train(payload: JobPayload<typeof trainModel>, work: Work): Promise<Outcome> {
    return this.training.execute(payload, work);
  }
}
