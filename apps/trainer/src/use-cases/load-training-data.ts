import type { ObjectRef } from '@earmark/contracts';
import { readyFiles, type ReadyFile } from '../domain/training-data.js';
import type { AudioDirectory, DataManifests, SetAddress } from '../ports.js';

export interface DataPorts {
  readonly audio: AudioDirectory;
  readonly manifests: DataManifests;
}

/** The files of a published manifest, ready to train on; throws audio_not_ready, not_enough_audio, no_annotations_for_type. */
export async function loadTrainingData(
  { audio, manifests }: DataPorts,
  { tenantId, datasetId }: Pick<SetAddress, 'tenantId' | 'datasetId'>,
  ref: ObjectRef,
  artifactTypes: readonly string[],
): Promise<ReadyFile[]> {
  const manifest = await manifests.read(ref);
  const ids = manifest.files.map((file) => file.audioFileId);
  return readyFiles(manifest, await audio.find(tenantId, datasetId, ids), artifactTypes);
}
