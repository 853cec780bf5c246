#!/usr/bin/env node
// `npm run admin -- org create NAME`: the gateway's operator commands, against the platform that runs here or the database that
// DATABASE_URL names.
import { homePaths } from './home.mjs';
import { runCommand } from './run-command.mjs';

await runCommand(async () => {
  const { runOperatorCommand } = await import('@earmark/local-platform');
  process.exitCode = runOperatorCommand(homePaths(), process.argv.slice(2));
});
