import type { Learner, LearningHooks, LearningRequest, LearningResult } from '../ports.js';
import { LearningProcess } from './learning-process.js';

/** Learns in a process of its own: a fault there costs one training, not the service. */
export class ForkedLearner implements Learner {
  /** @param env the whole environment of the process */
  constructor(private readonly env: Readonly<Record<string, string>>) {}

  async learn(request: LearningRequest, hooks: LearningHooks): Promise<LearningResult> {
    const learning = new LearningProcess({ env: this.env, signal: hooks.signal });
    try {
      return await learning.run<LearningResult>({ kind: 'learn', ...request }, async (message) => {
        switch (message.kind) {
          case 'progress':
            return void hooks.onProgress(message.share);
          case 'epoch':
            await hooks.onEpoch(message.epoch, message.checkpoint);
            return void learning.send({ kind: 'epoch-stored' });
          case 'restarted':
            await hooks.onRestart();
            return void learning.send({ kind: 'epoch-stored' });
          case 'learnt':
            return message.result;
          default:
            return undefined;
        }
      });
    } finally {
      learning.kill();
    }
  }
}
