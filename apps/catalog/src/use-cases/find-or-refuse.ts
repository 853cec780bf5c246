import { Problem } from '@earmark/contracts';
import type { AnnotationSet } from '../domain/annotation-set.js';
import type { Dataset } from '../domain/dataset.js';

/** The dataset, or the problem that there is none: absent, deleted and another tenant's are the same. */
export function requireDataset(dataset: Dataset | null): Dataset {
  if (dataset) return dataset;
  throw new Problem('dataset_not_found', 'There is no such dataset.');
}

/** The annotation set, or the problem that the dataset has none of this id. */
export function requireSet(set: AnnotationSet | null): AnnotationSet {
  if (set) return set;
  throw new Problem('annotation_set_not_found', 'There is no such annotation set in this dataset.');
}

/** The problem for an annotation that the set does not have. */
export function annotationNotFound(): Problem {
  return new Problem('annotation_not_found', 'There is no such annotation in this annotation set.');
}
