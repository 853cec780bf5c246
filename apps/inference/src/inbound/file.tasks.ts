import type { Message } from '@earmark/contracts';
import { FindsLostWork } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { FindIdleFiles } from '../use-cases/find-idle-files.js';

/** What inference does by itself. */
@Injectable()
export class FileTasks {
  constructor(private readonly findIdleFiles: FindIdleFiles) {}

  @FindsLostWork('inference files')
  findLost(): Promise<Message[]> {
    return this.findIdleFiles.execute();
  }
}
