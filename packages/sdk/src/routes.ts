import { routes } from '@earmark/contracts/catalogue';

const { uploadAudio, watchTrainingJob, readAudioPeaks, readModelArtifact, ...json } = routes;

/** Routes that a client calls with JSON and that answer JSON or nothing: each becomes a method of the client, by its operation id. */
export const jsonRoutes = json;

/** Routes that stream a stored file. */
export const objectRoutes = { readAudioPeaks, readModelArtifact } as const;

/** Routes with a method of their own. */
export const specialRoutes = { uploadAudio, watchTrainingJob } as const;
