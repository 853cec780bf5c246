import fs from 'node:fs/promises';
import path from 'node:path';

interface Owner {
  readonly pid: number;
  /** When the process started, in clock ticks since boot: tells it from a later one with the same id. Linux only. */
  readonly startedAt: string | null;
}

/** Takes a directory for this process; throws when a living process has it. Answers how to let it go. */
export async function lockDirectory(dir: string): Promise<() => Promise<void>> {
  const file = path.join(dir, 'server.lock');
  const owner = await readOwner(file);
  if (owner && (await isAlive(owner))) {
    throw new Error(`Another embedded S3 server (process ${owner.pid}) works in ${dir}. Stop it, or choose another directory.`);
  }
  await fs.writeFile(file, JSON.stringify({ pid: process.pid, startedAt: await startOf(process.pid) } satisfies Owner));
  return () => fs.rm(file, { force: true });
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8')) as Owner;
  } catch {
    return undefined; // absent, or torn by a kill: either way nobody's
  }
}

async function isAlive({ pid, startedAt }: Owner): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') return false;
  }
  return (await startOf(pid)) === startedAt;
}

async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null; // no such process, or no /proc
  }
}
