// The sandboxed process: decodes the one file that its parent names over the IPC channel, says how it went, and ends.
import { DecodeRejection } from '../domain/decode-verdict.js';
import { decodeFile } from './decode-file.js';
import type { DecodeOrder } from './decode-file.js';
import type { SandboxMessage } from './sandbox-protocol.js';

// Codecs complain on the console about every damaged frame; a hostile file must not fill a pipe with that.
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) console[method] = () => undefined;

// Without a parent nobody waits for the result.
process.on('disconnect', () => process.exit(1));

process.once('message', (order) => {
  void decodeFile(order as DecodeOrder, (share) => say({ type: 'progress', share }))
    .then((facts): SandboxMessage => ({ type: 'decoded', facts: { ...facts, warnings: [...facts.warnings] } }), failure)
    .then((message) => say(message, () => process.exit(0)));
});

function failure(error: unknown): SandboxMessage {
  if (error instanceof DecodeRejection) return { type: 'rejected', code: error.code, message: error.message };
  if (error instanceof RangeError && /allocation|memory/i.test(error.message)) {
    return { type: 'rejected', code: 'limits_exceeded', message: 'Decoding the file needs too much memory.' };
  }
  return { type: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function say(message: SandboxMessage, sent: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, sent);
}
