// EARMARK_HOME: everything this machine keeps for one platform. Secrets and ready.json are readable by their owner only.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from './user-error.mjs';

export const repositoryDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const MEBIBYTE = 1 << 20;

/** Paths inside the home folder; nothing is created yet. */
export function homePaths(dir = path.resolve(process.env.EARMARK_HOME ?? path.join(repositoryDir, '.earmark'))) {
  const at = (name) => path.join(dir, name);
  return {
    dir,
    cache: at('cache'),
    logs: at('logs'),
    nats: at('nats'),
    postgres: at('postgres'),
    s3: at('s3'),
    scratch: at('scratch'),
    secretsFile: at('secrets.json'),
    portsFile: at('ports.json'),
    keyFile: at('first-key.json'),
    readyFile: at('ready.json'),
    processesFile: at('processes.json'),
    launcherFile: at('launcher.json'),
    logOf: (name) => path.join(dir, 'logs', `${name}.log`),
    readJson,
    writeJson,
  };
}

/** Creates the folder; a sentence when it cannot be written or the disk is nearly full. */
export function prepareHome(home, neededBytes) {
  try {
    fs.mkdirSync(home.logs, { recursive: true, mode: 0o755 });
    fs.accessSync(home.dir, fs.constants.W_OK);
  } catch (error) {
    throw new UserError(
      `The folder ${home.dir} cannot be written (${error.code}): give yourself the right to, or set EARMARK_HOME to another folder.`,
    );
  }
  const { bavail, bsize } = fs.statfsSync(home.dir);
  if (bavail * bsize >= neededBytes) return;
  const mebibytes = (bytes) => Math.floor(bytes / MEBIBYTE);
  throw new UserError(
    `There are ${mebibytes(bavail * bsize)} MiB free for ${home.dir} and ${mebibytes(neededBytes)} MiB are needed: free some space, or set EARMARK_HOME to another disk.`,
  );
}

/** The content of a JSON file, or `otherwise` when it does not exist or was cut short by a crash. */
export function readJson(file, otherwise) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return otherwise;
    throw error;
  }
}

/** Replaces a JSON file in one step, mode 0600: readers see the old or the new content, never half. */
export function writeJson(file, value) {
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}
