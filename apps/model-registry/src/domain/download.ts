import { Problem, type StoredObject } from '@earmark/contracts';
import type { ModelArtifact } from '@earmark/contracts/model-registry/routes';
import type { Model } from './model.js';

const FILES: Record<ModelArtifact, { contentType: string; suffix: string }> = {
  onnx: { contentType: 'application/octet-stream', suffix: '.onnx' },
  manifest: { contentType: 'application/json', suffix: '.manifest.json' },
  card: { contentType: 'text/markdown; charset=utf-8', suffix: '.card.md' },
};

/** One file of a model, under a name that says which model it is. Throws model_archived once the collector has removed the files. */
export function downloadOf(model: Model, artifact: ModelArtifact): StoredObject {
  if (model.artefactsRemovedAt !== null)
    throw new Problem('model_archived', 'The model was archived and its files have been removed.');
  const { key, sha256, sizeBytes } = model.artifacts[artifact];
  const { contentType, suffix } = FILES[artifact];
  return { object_key: key, content_type: contentType, filename: `${stemOf(model)}${suffix}`, size_bytes: sizeBytes, sha256 };
}

/** The name in letters that every file system takes, and the end of the id, which tells models of one name apart. */
function stemOf({ name, id }: Model): string {
  const words = (name ?? 'model').normalize('NFKD').replace(/[^A-Za-z0-9]+/g, '-');
  const trimmed = words.replace(/^-+|-+$/g, '').slice(0, 60);
  return `${trimmed === '' ? 'model' : trimmed}-${id.slice(-8)}`;
}
