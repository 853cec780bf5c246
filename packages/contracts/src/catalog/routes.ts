import { annotationRoutes } from './annotation-routes.js';
import { annotationSetRoutes } from './annotation-set-routes.js';
import { audioRoutes } from './audio-routes.js';
import { datasetRoutes } from './dataset-routes.js';

export { AnnotationView } from './annotation-routes.js';
export { AnnotationSetDetail, AnnotationSetView } from './annotation-set-routes.js';
export { AudioFileView, UploadTicket } from './audio-routes.js';
export { ArtifactType, DatasetView } from './dataset-routes.js';

/** Every REST route of catalog, by its operation id. */
export const catalogRoutes = { ...datasetRoutes, ...audioRoutes, ...annotationSetRoutes, ...annotationRoutes } as const;
