// The learning process: does one task after another as the trainer tells it, at low priority, and dies with the trainer.
import { setPriority } from 'node:os';
import { extractToFile } from './extract.js';
import { learn, type Courier } from './learn.js';
import type { FromChild, ToChild } from './protocol.js';
import { refusalOf } from './refusal.js';

/** Serving and everything interactive goes first. Set before onnxruntime starts its threads, which inherit it. */
const NICE = 10;
const TRAINER_GONE = 3;

setPriority(NICE);
process.on('disconnect', () => process.exit(TRAINER_GONE));

let epochStored: (() => void) | undefined;

const courier: Courier = {
  send: (message) =>
    new Promise((resolve, reject) => {
      process.send?.(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
    }),
  sendAndWait: async (message) => {
    const stored = new Promise<void>((resolve) => (epochStored = resolve));
    await courier.send(message);
    await stored;
  },
};

async function work(task: Exclude<ToChild, { kind: 'epoch-stored' }>): Promise<FromChild> {
  try {
    if (task.kind === 'learn') return { kind: 'learnt', result: await learn(task, courier) };
    await extractToFile(task);
    return { kind: 'extracted' };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error; // ends the process: the trainer tries again
    return refusal;
  }
}

process.on('message', (message: ToChild) => {
  if (message.kind === 'epoch-stored') epochStored?.();
  else void work(message).then((answer) => courier.send(answer));
});
