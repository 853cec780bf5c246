// What must exist before anything can start: npm packages, Prisma clients, compiled code.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { prepareHome, readJson, repositoryDir } from './home.mjs';
import { step } from './progress.mjs';
import { UserError } from './user-error.mjs';

const INSTALL_BYTES = 2 << 30;
const RUN_BYTES = 512 << 20;
const LOG_SHOWN_LINES = 15;
const running = new Set();

/** Installs what is missing, generates the database clients and compiles; needs nothing but Node and npm. */
export async function prepareCode(home) {
  const isInstalled = packagesAreInstalled();
  prepareHome(home, isInstalled ? RUN_BYTES : INSTALL_BYTES);
  if (!isInstalled) await step('Installing npm packages (a minute or two)', () => installPackages(home.logOf('npm-ci')));
  await step('Database clients', () => generateClients(home.logOf('generate')));
  await step('Compiled code', () => buildAll(home.logOf('build')));
}

/** Whether node_modules is what package-lock.json says; optional packages of other platforms do not count. */
function packagesAreInstalled() {
  const wanted = readJson(path.join(repositoryDir, 'package-lock.json'), {}).packages ?? {};
  const present = readJson(path.join(repositoryDir, 'node_modules/.package-lock.json'), {}).packages ?? {};
  const isRequired = ([file, entry]) => file.includes('node_modules/') && !entry.optional && !entry.devOptional && !entry.peer;
  return Object.entries(wanted).filter(isRequired).every(([file, entry]) => present[file] && present[file].version === entry.version); // prettier-ignore
}

/** `npm ci` with the npm that started us; its output goes to `logFile`. */
async function installPackages(logFile) {
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  try {
    await runLogged([...npm, 'ci', '--include=dev', '--no-audit', '--no-fund'], logFile);
  } catch (error) {
    throw npmProblem(error, logFile);
  }
}

function npmProblem(error, logFile) {
  const log = fs.readFileSync(logFile, 'utf8');
  if (log.includes('ENOSPC')) return new UserError('The disk is full: free about 1.5 GB and start again.');
  if (/EACCES|EPERM/.test(log))
    return new UserError(`npm may not write to ${repositoryDir}: give yourself the right to, or clone to another folder.`);
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(log))
    return new UserError(
      `npm cannot reach its registry: check the network or the proxy (npm config get registry), then start again; see ${logFile}.`,
    );
  const complaint = log.match(/^npm error (?!code)\S.*(?:\nnpm error \S.*){0,5}/m)?.[0];
  return new Error(`npm ci failed; all of it is in ${logFile}:\n${complaint ?? error.message}`);
}

/** The Prisma clients of all apps; quick when nothing changed. */
const generateClients = (logFile) =>
  runLogged([process.execPath, path.join(repositoryDir, 'tools/prisma/generate.mjs')], logFile);

/** Compiles all workspaces; quick when nothing changed. */
const buildAll = (logFile) => runLogged([process.execPath, path.join(repositoryDir, 'tools/build/build.mjs')], logFile);

/** Runs a command in the repository with its output in `logFile`; throws with the end of it on failure. */
async function runLogged([command, ...args], logFile) {
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  const log = fs.openSync(logFile, 'w', 0o600);
  const child = spawn(command, args, { cwd: repositoryDir, stdio: ['ignore', log, log] });
  running.add(child);
  const code = await new Promise((resolve) => child.once('error', () => resolve(-1)).once('exit', resolve));
  running.delete(child);
  fs.closeSync(log);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed. The end of ${logFile}:\n${endOf(logFile)}`);
}

const endOf = (logFile) => fs.readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_SHOWN_LINES).join('\n');

/** Ends whatever runLogged() is running now, for an early Ctrl-C. */
export function abortRunning() {
  for (const child of running) child.kill('SIGTERM');
}
