import { z } from 'zod';
import { Uuid } from '../vocabulary/values.js';

/** What the paths of catalog name. */
export const DatasetParams = z.object({ dataset_id: Uuid });
export const AudioParams = z.object({ dataset_id: Uuid, audio_id: Uuid });
export const SetParams = z.object({ dataset_id: Uuid, annotation_set_id: Uuid });
export const AnnotationParams = z.object({ dataset_id: Uuid, annotation_set_id: Uuid, annotation_id: Uuid });
