// A worker script for tests: it dies at jobs of models named `crash…`; with `crash once PATH` only when PATH does not exist yet.
import fs from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { JobMessage } from '../src/pool-protocol.js';

// The real worker listens first: messages that came before are kept until somebody does.
await import(new URL('../worker.js', import.meta.url).href);
parentPort?.on('message', ({ modelKey }: JobMessage) => {
  if (modelKey === 'crash always') process.exit(7);
  if (modelKey.startsWith('crash once ')) {
    const marker = modelKey.slice('crash once '.length);
    if (!fs.existsSync(marker)) {
      fs.writeFileSync(marker, '');
      process.exit(7);
    }
  }
});
