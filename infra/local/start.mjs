#!/usr/bin/env node
// `npm start`: the whole platform on this machine, from a fresh clone. Plain Node without dependencies, since it installs them.
// Flags: --port N (default EARMARK_PORT, then 8080), --fresh (start with empty data).
import { runCommand } from './run-command.mjs';

await runCommand(async () => (await import('./launch.mjs')).launch());
