import type { Message } from '@earmark/contracts';
import { workMessage } from '../domain/training-job.js';
import type { TrainingJobStore } from '../ports.js';

const LIMIT = 1000;

/** Messages for unfinished jobs that nobody holds: theirs may be lost. */
export class FindUnattended {
  constructor(private readonly ports: { readonly jobs: TrainingJobStore }) {}

  async execute(): Promise<Message[]> {
    return (await this.ports.jobs.unattended(LIMIT)).map(workMessage);
  }
}
