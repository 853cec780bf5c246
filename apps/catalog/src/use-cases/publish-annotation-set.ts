import { type Clock, requireMatch } from '@earmark/service-kit';
import type { AudioFile } from '../domain/annotation.js';
import { publishSet, requireDraft, type AnnotationSet } from '../domain/annotation-set.js';
import { namesOf } from '../domain/artifact-type.js';
import { freezeManifest, type PublishedMark } from '../domain/manifest.js';
import type {
  AnnotationSetStore,
  AnnotationStore,
  AudioDirectory,
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
  readonly manifests: ManifestStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Publishes a draft for good: its confirmed files and valid annotations become a hashed manifest. */
export class PublishAnnotationSet {
  constructor(private readonly ports: Ports) {}

  async execute(address: SetAddress, ifMatch: string | null): Promise<SetSummary> {
    const { sets, audio, transactions } = this.ports;
    await requireDraftAt(this.ports, address);
    const confirmed = await audio.listAll(address.tenantId, address.datasetId);
    const published = await transactions.transaction(() => this.#publish(address, ifMatch, confirmed));
    const [summary] = await summariseSets(sets, address.tenantId, [published]);
    return summary as SetSummary;
  }

  async #publish(address: SetAddress, ifMatch: string | null, confirmed: readonly AudioFile[]): Promise<AnnotationSet> {
    const { datasets, sets, annotations, manifests, clock } = this.ports;
    const dataset = requireDataset(await datasets.lock(address.tenantId, address.datasetId, 'share'));
    const draft = requireSet(await sets.lock(address, 'update'));
    requireDraft(draft);
    requireMatch(ifMatch, draft.rowVersion);
    const artifactTypes = namesOf(dataset.artifactTypes);
    const reviewed = await sets.reviewedFiles(address);
    const known = await this.#settleFiles(address, await annotations.validMarks(address), confirmed);
    const manifest = freezeManifest({ set: draft, artifactTypes, reviewed, ...known });
    const frozen = {
      manifest: await manifests.put(manifest),
      artifactTypes,
      annotationCount: known.marks.length,
      fileCount: manifest.files.length,
    };
    const published = publishSet(draft, frozen, clock.now());
    await sets.save(published);
    await sets.recordPublishedFiles(
      address,
      manifest.files.map((file) => file.audioFileId),
    );
    return published.next;
  }

  /**
   * Annotations on files that were not listed: a file confirmed since then joins the list; a file that is gone takes its annotations
   * along, as its audio-deleted event is about to do.
   */
  async #settleFiles(address: SetAddress, marks: readonly PublishedMark[], confirmed: readonly AudioFile[]) {
    const listed = new Set(confirmed.map((file) => file.audioFileId));
    const unlisted = [...new Set(marks.map((mark) => mark.audioFileId))].filter((id) => !listed.has(id));
    if (unlisted.length === 0) return { marks, files: confirmed };
    const late = await this.ports.audio.find(address.tenantId, address.datasetId, unlisted);
    const gone = new Set(unlisted.filter((id) => !late.has(id)));
    if (gone.size > 0) await this.ports.annotations.removeFiles(address, [...gone]);
    return { marks: marks.filter((mark) => !gone.has(mark.audioFileId)), files: [...confirmed, ...late.values()] };
  }
}
