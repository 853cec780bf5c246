import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { OrtDevice } from './session.js';

/** Whether a device can be used, and why not. */
export type DeviceStatus =
  | { readonly device: OrtDevice; readonly available: true }
  | { readonly device: OrtDevice; readonly available: false; readonly reason: string };

const PROBE_TIMEOUT_MS = 30_000;
const PROBE_ENTRY = fileURLToPath(new URL('./probe.js', import.meta.url));
const known = new Map<OrtDevice, Promise<DeviceStatus>>();

/** Tries a tiny model on the device, once per process; never rejects. A child process runs it: a broken driver may crash. */
export function probeDevice(device: OrtDevice): Promise<DeviceStatus> {
  const cached = known.get(device);
  if (cached) return cached;
  const probing = runProbe(device);
  known.set(device, probing);
  return probing;
}

/** The first available of `preferred`, tried in order; `cpu` when none is. */
export async function chooseDevice(preferred: readonly OrtDevice[] = ['cuda', 'webgpu', 'cpu']): Promise<OrtDevice> {
  for (const device of preferred) {
    if ((await probeDevice(device)).available) return device;
  }
  return 'cpu';
}

function runProbe(device: OrtDevice): Promise<DeviceStatus> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROBE_ENTRY, device], { timeout: PROBE_TIMEOUT_MS }, (error, _stdout, stderr) => {
      if (!error) resolve({ device, available: true });
      else resolve({ device, available: false, reason: reasonOf(stderr, error) });
    });
  });
}

/** The line of the child's stack trace that names the error, or how the child ended. */
function reasonOf(stderr: string, error: Error & { readonly signal?: NodeJS.Signals | null }): string {
  if (error.signal) return `the probe ended with ${error.signal}`;
  const lines = stderr.split('\n').map((line) => line.trim());
  const message = lines.find((line) => /error|provider|not (found|supported|available)|wrong result/i.test(line));
  return message ?? error.message;
}
