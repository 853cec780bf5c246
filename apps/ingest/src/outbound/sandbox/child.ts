// The sandboxed process: decodes the one file that its parent names over the IPC channel, says how it went, and ends.
import { decodeFile, DecodeRejection, type DecodeOrder } from '@earmark/audio-files/decoding';
import type { SandboxMessage } from './protocol.js';

// Codecs complain on the console about every damaged frame; a hostile file must not fill a pipe with that.
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) console[method] = () => undefined;

// Without a parent nobody waits for the result.
process.on('disconnect', () => process.exit(1));

process.once('message', (order) => {
  void decodeFile(order as DecodeOrder, () => say({ type: 'alive' }))
    .then((facts): SandboxMessage => ({ type: 'decoded', facts: { ...facts, warnings: [...facts.warnings] } }), failure)
    .then((message) => say(message, () => process.exit(0)));
});

/** A failed system call is the machine's fault; whatever else is thrown was provoked by the file, and another try would end the same. */
function failure(error: unknown): SandboxMessage {
  if (error instanceof DecodeRejection) return { type: 'rejected', code: error.code, message: error.message };
  if (isSystemError(error)) return { type: 'broken', message: error.stack ?? error.message };
  if (error instanceof RangeError && /allocation|memory/i.test(error.message)) {
    return { type: 'rejected', code: 'limits_exceeded', message: 'Decoding the file needs too much memory.' };
  }
  return { type: 'rejected', code: 'undecodable', message: 'The file is damaged in a way that its decoder cannot handle.' };
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function say(message: SandboxMessage, sent: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, sent);
}
