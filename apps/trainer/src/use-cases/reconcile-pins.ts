import { holderKinds } from '@earmark/contracts';
import { metrics, type Clock } from '@earmark/service-kit';
import type { AnnotationSets, TrainingJobStore } from '../ports.js';

interface Ports {
  readonly jobs: TrainingJobStore;
  readonly sets: AnnotationSets;
  readonly clock: Clock;
}

/** A younger pin may belong to a job that is just being created. */
const GRACE_MS = 3_600_000;

const found = metrics.gauge({
  name: 'earmark_orphans',
  help: 'What the last reconciliation found that nothing refers to, by kind',
  labels: ['what'],
});

/** Gives up pins of annotation sets whose training jobs are gone or ended without a model. */
export class ReconcilePins {
  constructor(private readonly ports: Ports) {}

  async execute(): Promise<void> {
    const { jobs, sets, clock } = this.ports;
    let count = 0;
    for await (const page of sets.holders(new Date(clock.now().getTime() - GRACE_MS))) {
      const needing = await jobs.needing(page.map(({ id }) => id));
      const orphans = page.filter(({ id }) => !needing.has(id));
      for (const { tenantId, id } of orphans) await sets.unpin(tenantId, { kind: holderKinds.trainingJob, id });
      count += orphans.length;
    }
    found.set({ what: 'annotation set pin' }, count);
  }
}
