import type { JobPayload } from '@earmark/contracts';
import { detectFile } from '@earmark/contracts/inference/jobs';
import { HandlesJob } from '@earmark/service-runtime';
import type { Outcome, Work } from '@earmark/service-kit';
import { Injectable } from '@nestjs/common';
import { DetectFile } from '../use-cases/detect-file.js';

/** The door of the work. */
@Injectable()
export class DetectFileJob {
  constructor(private readonly detect: DetectFile) {}

  @HandlesJob(detectFile)
  run(payload: JobPayload<typeof detectFile>, work: Work): Promise<Outcome> {
    return this.detect.execute(payload, work);
  }
}
