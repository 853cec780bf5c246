import type { JobPayload } from '@earmark/contracts';
import { deleteReleased, processAudio } from '@earmark/contracts/ingest/jobs';
import { HandlesJob } from '@earmark/service-runtime';
import type { Outcome, Work } from '@earmark/service-kit';
import { Injectable } from '@nestjs/common';
import { DeleteReleased } from '../use-cases/delete-released.js';
import { ProcessAudio } from '../use-cases/process-audio.js';

/** Work on audio that takes its time. */
@Injectable()
export class AudioJobs {
  constructor(
    private readonly process: ProcessAudio,
    private readonly deleteReleased: DeleteReleased,
  ) {}

  @HandlesJob(processAudio)
  run(payload: JobPayload<typeof processAudio>, work: Work): Promise<Outcome> {
    return this.process.execute(payload, work);
  }

  @HandlesJob(deleteReleased)
  delete(payload: JobPayload<typeof deleteReleased>, work: Work): Promise<Outcome> {
    return this.deleteReleased.execute(payload, work);
  }
}
