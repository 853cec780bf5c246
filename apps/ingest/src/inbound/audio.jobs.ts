import type { JobPayload } from '@earmark/contracts';
import { processAudio } from '@earmark/contracts/ingest/jobs';
import { HandlesJob } from '@earmark/service-runtime';
import type { Outcome, Work } from '@earmark/service-kit';
import { Injectable } from '@nestjs/common';
import { ProcessAudio } from '../use-cases/process-audio.js';

/** The door of the work. */
@Injectable()
export class ProcessAudioJob {
  constructor(private readonly process: ProcessAudio) {}

  @HandlesJob(processAudio)
  run(payload: JobPayload<typeof processAudio>, work: Work): Promise<Outcome> {
    return this.process.execute(payload, work);
  }
}
