import { Problem, type ObjectRef } from '@earmark/contracts';
import { requireMatch, type Clock, type IdSource } from '@earmark/service-kit';
import { publishSet, requireDraft, type AnnotationSet } from '../domain/annotation-set.js';
import { namesOf } from '../domain/artifact-type.js';
import type { AudioFile } from '../domain/audio-file.js';
import { countingFiles, freezeManifest, type ManifestSource } from '../domain/manifest.js';
import type {
  AnnotationSetStore,
  AnnotationStore,
  AudioDirectory,
  AudioPins,
  DatasetStore,
  ManifestStore,
  SetAddress,
  Transactions,
} from '../ports.js';
import { requireDataset, requireSet } from './find-or-refuse.js';
import { requireDraftAt } from './lock-draft.js';
import { summariseSets, type SetSummary } from './set-summary.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly annotations: AnnotationStore;
  readonly audio: AudioDirectory;
  readonly audioPins: AudioPins;
  readonly manifests: ManifestStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** A draft as it was when its manifest was made. */
interface Snapshot extends ManifestSource {
  readonly gone: readonly string[];
}

interface Frozen {
  readonly manifest: ObjectRef;
  readonly fileIds: readonly string[];
}

/** How often a draft that changes while it is published is frozen again. */
const ATTEMPTS = 20;

/**
 * Publishes a draft for good: its confirmed files and valid annotations become a hashed manifest. The files are pinned at ingest
 * first, the manifest is stored next, and the transaction at the end only checks that the draft is still what was frozen.
 */
export class PublishAnnotationSet {
  constructor(private readonly ports: Ports) {}

  async execute(address: SetAddress, ifMatch: string | null): Promise<SetSummary> {
    const { draft } = await requireDraftAt(this.ports, address);
    requireMatch(ifMatch, draft.rowVersion);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const published = await this.#attempt(address, ifMatch);
      if (published === null) continue;
      const [summary] = await summariseSets(this.ports.sets, address.tenantId, [published]);
      return summary as SetSummary;
    }
    throw new Problem('conflict', 'The annotation set is being changed; publish it when its annotations are complete.');
  }

  /**
   * Null when the draft or its audio changed meanwhile. What a failed attempt pinned is given back, and nothing else; where it is not
   * known whether the attempt failed, reconciliation decides.
   */
  async #attempt(address: SetAddress, ifMatch: string | null): Promise<AnnotationSet | null> {
    const { audioPins, ids } = this.ports;
    const claimId = ids.next();
    const snapshot = await this.#snapshot(address);
    freezeManifest(snapshot); // refuses before anything is pinned
    try {
      const frozen = await this.#freeze(address, claimId, snapshot);
      const published = frozen && (await this.#publish(address, ifMatch, snapshot, frozen));
      if (published === null) await audioPins.unpin(address, claimId);
      return published;
    } catch (error) {
      if (error instanceof Problem && !error.kind.retryable) await audioPins.unpin(address, claimId);
      throw error;
    }
  }

  /** The draft first: a change of it after this moment is a change of its row version. */
  async #snapshot(address: SetAddress): Promise<Snapshot> {
    const { sets, annotations, audio } = this.ports;
    const { dataset, draft } = await requireDraftAt(this.ports, address);
    const [marks, reviewed] = await Promise.all([annotations.validMarks(address), sets.reviewedFiles(address)]);
    const files = await audio.listAll(address.tenantId, address.datasetId);
    const listed = new Set(files.map((file) => file.audioFileId));
    // A file that is gone takes its annotations along, as its audio-deleted event is about to do.
    const gone = [...new Set(marks.map((mark) => mark.audioFileId))].filter((id) => !listed.has(id));
    const artifactTypes = namesOf(dataset.artifactTypes);
    return { set: draft, artifactTypes, marks: marks.filter((mark) => listed.has(mark.audioFileId)), files, reviewed, gone };
  }

  /** Null when a file was deleted before it could be pinned. */
  async #freeze(address: SetAddress, claimId: string, snapshot: Snapshot): Promise<Frozen | null> {
    const { audioPins, manifests } = this.ports;
    const asked = countingFiles(snapshot).map((file) => file.audioFileId);
    const pinned = new Map((await audioPins.pin(address, claimId, asked)).map((file) => [file.audioFileId, file] as const));
    if (pinned.size < asked.length) return null;
    const files = snapshot.files.map((file): AudioFile => pinned.get(file.audioFileId) ?? file);
    return { manifest: await manifests.put(freezeManifest({ ...snapshot, files })), fileIds: asked };
  }

  /** Null when the draft is not what was frozen any more. */
  #publish(
    address: SetAddress,
    ifMatch: string | null,
    { set, artifactTypes, marks, gone }: Snapshot,
    { manifest, fileIds }: Frozen,
  ): Promise<AnnotationSet | null> {
    const { datasets, sets, annotations, transactions, clock } = this.ports;
    return transactions.transaction(async () => {
      const dataset = requireDataset(await datasets.lock(address.tenantId, address.datasetId, 'share'));
      const draft = requireSet(await sets.lock(address, 'update'));
      requireDraft(draft);
      requireMatch(ifMatch, draft.rowVersion);
      const isSame =
        draft.rowVersion === set.rowVersion && namesOf(dataset.artifactTypes).join('\n') === artifactTypes.join('\n');
      if (!isSame) return null;
      if (gone.length > 0) await annotations.removeFiles(address, gone);
      const counts = { annotationCount: marks.length, fileCount: fileIds.length };
      const published = publishSet(draft, { manifest, artifactTypes, ...counts }, clock.now());
      await sets.save(published);
      await sets.recordPublishedFiles(address, fileIds);
      return published.next;
    });
  }
}
