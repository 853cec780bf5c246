import type { ObjectRef } from '@earmark/contracts';
import { requireEnough, requireReady, type ReadyFile } from '../domain/training-data.js';
import type { AudioDirectory, DataManifests, FeatureCache, SetAddress } from '../ports.js';

export interface DataPorts {
  readonly audio: AudioDirectory;
  readonly manifests: DataManifests;
  readonly features: Pick<FeatureCache, 'requireRoom'>;
}

type Address = Pick<SetAddress, 'tenantId' | 'datasetId'>;

/** The files of a published manifest with what ingest knows of them; throws audio_not_ready, and too_much_audio for this machine. */
export async function loadTrainingData(ports: DataPorts, address: Address, ref: ObjectRef): Promise<ReadyFile[]> {
  const files = await readyFiles(ports, address, ref);
  await ports.features.requireRoom(durationOf(files));
  return files;
}

/** Whether the data is good for a training; throws audio_not_ready, not_enough_audio, no_annotations_for_type, too_much_audio. */
export async function checkTrainingData(
  ports: DataPorts,
  address: Address,
  ref: ObjectRef,
  artifactTypes: readonly string[],
): Promise<void> {
  const files = await readyFiles(ports, address, ref);
  requireEnough(files, artifactTypes);
  await ports.features.requireRoom(durationOf(files));
}

async function readyFiles(
  { audio, manifests }: DataPorts,
  { tenantId, datasetId }: Address,
  ref: ObjectRef,
): Promise<ReadyFile[]> {
  const manifest = await manifests.read(ref);
  const ids = manifest.files.map((file) => file.audioFileId);
  return requireReady(manifest, await audio.find(tenantId, datasetId, ids));
}

const durationOf = (files: readonly ReadyFile[]): number => files.reduce((sum, file) => sum + file.durationMs, 0);
