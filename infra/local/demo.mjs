#!/usr/bin/env node
// `npm run demo`: the main job from nothing. Joins a running platform or starts one as `npm start` does; then corpus, upload, labels,
// training, detection on audio the model never saw. Flags: --port N, --fresh (for a platform it starts), --exit (stop everything at the end).
import { runCommand } from './run-command.mjs';

await runCommand(async () => (await import('./demo/demonstrate.mjs')).demonstrate());
