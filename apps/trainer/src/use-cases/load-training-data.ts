import type { ObjectRef } from '@earmark/contracts';
import { readyFiles, type ReadyFile } from '../domain/training-data.js';
import type { AudioDirectory, DataManifests, FeatureCache, SetAddress } from '../ports.js';

export interface DataPorts {
  readonly audio: AudioDirectory;
  readonly manifests: DataManifests;
  readonly features: Pick<FeatureCache, 'requireRoom'>;
}

/** The files of a published manifest, ready to train on; throws audio_not_ready, not_enough_audio, no_annotations_for_type, too_much_audio. */
export async function loadTrainingData(
  { audio, manifests, features }: DataPorts,
  { tenantId, datasetId }: Pick<SetAddress, 'tenantId' | 'datasetId'>,
  ref: ObjectRef,
  artifactTypes: readonly string[],
): Promise<ReadyFile[]> {
  const manifest = await manifests.read(ref);
  const ids = manifest.files.map((file) => file.audioFileId);
  const files = readyFiles(manifest, await audio.find(tenantId, datasetId, ids), artifactTypes);
  await features.requireRoom(files.reduce((sum, file) => sum + file.durationMs, 0));
  return files;
}
