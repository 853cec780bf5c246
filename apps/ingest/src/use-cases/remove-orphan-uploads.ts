import { metrics, type Clock } from '@earmark/service-kit';
import type { AudioFileStore, AudioObjects } from '../ports.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly objects: AudioObjects;
  readonly clock: Clock;
}

/** A form upload may take an hour before its files are reserved. */
const GRACE_MS = 86_400_000;

const found = metrics.gauge({
  name: 'earmark_orphans',
  help: 'What the last reconciliation found that nothing refers to, by kind',
  labels: ['what'],
});

/** Removes uploads that no file names: what a gateway stored before it died, or an attempt that was repeated. */
export class RemoveOrphanUploads {
  constructor(private readonly ports: Ports) {}

  async execute(): Promise<void> {
    const { files, objects, clock } = this.ports;
    const writtenBefore = new Date(clock.now().getTime() - GRACE_MS);
    let orphans = 0;
    for (const tenantId of await files.tenants()) {
      for await (const ids of objects.uploadsBefore(tenantId, writtenBefore)) {
        const known = await files.knownUploads(tenantId, ids);
        const unknown = ids.filter((uploadId) => !known.has(uploadId));
        for (const uploadId of unknown) await objects.removeUpload({ tenantId, uploadId });
        orphans += unknown.length;
      }
    }
    found.set({ what: 'upload' }, orphans);
  }
}
