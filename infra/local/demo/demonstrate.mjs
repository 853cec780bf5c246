// The demo's course: a platform, a corpus, the journey, a report.
import { parseArgs } from 'node:util';
import { stopOnSignals, portOf } from '../launch.mjs';
import { homePaths, readJson } from '../home.mjs';
import { Platform } from '../platform.mjs';
import { step } from '../progress.mjs';
import { UserError } from '../user-error.mjs';
import { ensureEspeak } from './espeak.mjs';

const TRAIN_FILES = 27; // 9 minutes
const UNSEEN_FILES = 6;
/** The demo has worked when the detector found and did not invent this share of the artifacts in unseen audio. */
const PASS = 0.8;

function readFlags() {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, fresh: { type: 'boolean', default: false }, exit: { type: 'boolean', default: false } },
  });
  return { port: portOf(values.port), fresh: values.fresh, exit: values.exit };
}

/** Runs the demo; sets exit code 1 when the main job did not work. */
export async function demonstrate() {
  const flags = readFlags();
  const running = runningPlatform();
  const platform = running ? null : new Platform();
  const signals = platform ? stopOnSignals(platform) : null;
  try {
    const ready = running ?? (await platform.start(flags));
    console.log(`\nPlatform at ${ready.gateway_url}${running ? ' (already running)' : ''}\n`);
    process.exitCode = (await mainJob(ready)) ? 0 : 1;
  } catch (error) {
    if (signals?.isStopping()) return; // the signal's handler ends the process
    await platform?.stop();
    throw error;
  }
  if (flags.exit || !platform) return platform?.stop();
  console.log('\nThe platform stays up: Ctrl-C stops everything that was started here.');
}

/** What ready.json says, when the platform it names is alive. */
function runningPlatform() {
  const ready = readJson(homePaths().readyFile, null);
  if (!ready) return null;
  try {
    process.kill(ready.pid, 0);
    return ready;
  } catch {
    return null; // left behind by a launcher that was killed
  }
}

async function mainJob(ready) {
  await step('espeak-ng', (note) => ensureEspeak(note));
  // The platform's packages exist only after an install, so they are loaded here and not at the top.
  const [{ labelledFile }, { runJourney }, { report }] = await Promise.all([
    import('./corpus.mjs'),
    import('./journey.mjs'),
    import('./report.mjs'),
  ]);
  const files = await step('Labelled speech', async (note) => {
    const made = [];
    for (let index = 0; index < TRAIN_FILES + UNSEEN_FILES; index++) {
      made.push(labelledFile(index));
      note(`${index + 1} of ${TRAIN_FILES + UNSEEN_FILES} files`);
      await new Promise(setImmediate); // let the spinner turn
    }
    const minutes = made.reduce((sum, file) => sum + file.seconds, 0) / 60;
    note(`${made.length} files, ${minutes.toFixed(1)} min, ${made.reduce((sum, file) => sum + file.labels.length, 0)} artifacts`);
    return made;
  });
  const train = files.slice(0, TRAIN_FILES);
  const unseen = files.slice(TRAIN_FILES);
  const outcome = await runJourney({ baseUrl: ready.gateway_url, apiKey: ready.api_key, train, unseen });
  const scores = report({ ...outcome, unseen, ready });
  if (scores.recall >= PASS && scores.precision >= PASS) return true;
  throw new UserError(
    `The detector found ${percent(scores.recall)} at ${percent(scores.precision)} precision; the demo asks for ${percent(PASS)} of both.`,
  );
}

const percent = (value) => `${Math.round(value * 100)} %`;
