import { audioRpcs } from './audio-rpcs.js';
import { pinRpcs } from './pin-rpcs.js';
import { uploadRpcs } from './upload-rpcs.js';

export { AudioFacts } from './audio-facts.js';
export {
  changeAudioFile,
  countAudioFiles,
  fillAudioLabels,
  findAudioFiles,
  findPeaks,
  listAudioFiles,
  presignDownload,
  releaseAudio,
} from './audio-rpcs.js';
export { listPinHolders, listReferences, pinAudio, releaseReference, unpinAudio } from './pin-rpcs.js';
export { confirmAudio, maxFilesPerUpload, reserveAudio, type NewAudio, type Ticket } from './upload-rpcs.js';

/** Every question that ingest answers. */
export const ingestRpcs = [...uploadRpcs, ...audioRpcs, ...pinRpcs] as const;
