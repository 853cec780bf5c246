// The command line of `npm start`: flags, signals, and what is printed.
import { parseArgs } from 'node:util';
import { Platform } from './platform.mjs';
import { UserError } from './user-error.mjs';

const DEFAULT_PORT = 8080;
const SAME_KEYPRESS_MS = 500; // npm passes on the signal that the terminal has already sent to us

function readFlags() {
  let values;
  try {
    ({ values } = parseArgs({ options: { port: { type: 'string' }, fresh: { type: 'boolean', default: false } } }));
  } catch (error) {
    throw new UserError(`${error.message.split('.')[0]}: npm start takes --port N and --fresh, after "--".`);
  }
  return { port: portOf(values.port), fresh: values.fresh };
}

/** The gateway's port: the flag's, EARMARK_PORT, or 8080. */
export function portOf(flag) {
  const port = Number(flag ?? process.env.EARMARK_PORT ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new UserError('The port must be a whole number from 1 to 65535.');
  return port;
}

/** Ctrl-C stops the platform, a second one kills it. */
export function stopOnSignals(platform) {
  let firstAt;
  const onSignal = async (signal) => {
    if (firstAt !== undefined && performance.now() - firstAt < SAME_KEYPRESS_MS) return;
    const isSecond = firstAt !== undefined;
    firstAt = performance.now();
    console.log(isSecond ? 'Killing everything.' : `\nStopping (${signal}) …`);
    await (isSecond ? platform.kill() : platform.stop());
    console.log('Stopped.');
    process.exit(isSecond ? 1 : 0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void onSignal(signal));
  return { isStopping: () => firstAt !== undefined };
}

/** Starts the platform and stays until a signal; throws when it does not come up. */
export async function launch() {
  process.stdout.on('error', () => undefined); // whoever read our output has gone: keep serving, signals still end us
  const startedAt = performance.now();
  const flags = readFlags();
  const platform = new Platform();
  const signals = stopOnSignals(platform);
  try {
    const ready = await platform.start(flags);
    console.log(summary(ready, performance.now() - startedAt));
  } catch (error) {
    if (signals.isStopping()) return; // the signal's handler ends the process
    await platform.stop();
    throw error;
  }
}

function summary({ gateway_url, docs_url, api_key }, elapsedMs) {
  const lines = [
    `Ready in ${(elapsedMs / 1000).toFixed(1)} s`,
    `  Gateway   ${gateway_url}`,
    `  Docs      ${docs_url}`,
    `  API key   ${api_key}`,
  ];
  return `\n${lines.join('\n')}\n\nCtrl-C stops everything that was started here.`;
}
