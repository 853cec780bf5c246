// A folder of labelled audio: {train,test}/NAME and {train,test}.json.
import fs from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../infra/local/user-error.mjs';

/** @typedef {{ file: string, path: string, voice?: string, durationMs: number, events: { type: string, start_ms: number, end_ms: number }[] }} Clip */

/** Reads both lists and sees that every file is there. @returns {{ train: Clip[], test: Clip[], artifactTypes: string[] }} and `writeDetections` */
export function readLabelledFolder(dir) {
  const train = readClips(dir, 'train');
  const artifactTypes = [...new Set(train.flatMap((clip) => clip.events.map((event) => event.type)))].sort();
  const detectionsFile = path.join(dir, 'detections.json');
  return {
    train,
    test: readClips(dir, 'test'),
    artifactTypes,
    detectionsFile,
    writeDetections: (detections) => fs.writeFileSync(detectionsFile, JSON.stringify(detections)),
  };
}

function readClips(dir, part) {
  const listFile = path.join(dir, `${part}.json`);
  if (!fs.existsSync(listFile)) throw new UserError(`${listFile} is missing: the folder needs train.json and test.json.`);
  const clips = JSON.parse(fs.readFileSync(listFile, 'utf8')).map((clip) => ({ ...clip, path: path.join(dir, part, clip.file) }));
  const lost = clips.find((clip) => !fs.existsSync(clip.path));
  if (lost) throw new UserError(`${listFile} names ${lost.file}, and ${lost.path} does not exist.`);
  return clips;
}
