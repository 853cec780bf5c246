#!/usr/bin/env node
// `npm run bench:api -- --data DIR [--name N] [--speakers]`: trains on a folder of labelled files through the public API of the running
// platform, detects in the folder's test files, and scores what the API found. Writes DIR/detections.json.
// Layout of DIR: {train,test}/NAME (audio files) and {train,test}.json: [{file, voice?, durationMs, events: [{type, start_ms, end_ms}]}].
import path from 'node:path';
import { parseArgs } from 'node:util';
import { homePaths, readJson } from '../../infra/local/home.mjs';
import { runCommand } from '../../infra/local/run-command.mjs';
import { UserError } from '../../infra/local/user-error.mjs';
import { machineLine } from './machine.mjs';

function readFlags() {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, name: { type: 'string' }, speakers: { type: 'boolean', default: false } },
  });
  if (!values.data) throw new UserError('Name the folder with the labelled audio: npm run bench:api -- --data DIR.');
  return { ...values, name: values.name ?? `Bench: ${path.basename(path.resolve(values.data))}` };
}

function runningPlatform() {
  const home = homePaths();
  const ready = readJson(home.readyFile, null);
  if (!ready) throw new UserError(`No platform runs in ${home.dir}: start one with npm start, or set EARMARK_HOME to its home.`);
  return ready;
}

await runCommand(async () => {
  const { data, name, speakers } = readFlags();
  const ready = runningPlatform();
  // The platform's packages exist only after an install, so they are loaded here and not at the top.
  const [{ readLabelledFolder }, { trainAndDetect }, { printScores }] = await Promise.all([
    import('./api/labelled-folder.mjs'),
    import('./api/train-and-detect.mjs'),
    import('./api/print-scores.mjs'),
  ]);
  const folder = readLabelledFolder(data);
  console.log(`${machineLine()}\nPlatform at ${ready.gateway_url}\n`);
  const outcome = await trainAndDetect({ baseUrl: ready.gateway_url, apiKey: ready.api_key, folder, name, speakers });
  folder.writeDetections(outcome.detections);
  printScores({ ...outcome, folder });
});
