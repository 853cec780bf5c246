#!/usr/bin/env node
// `assemble.mjs SERVICE FOLDER`: copies what one built service needs to run, and nothing else, to FOLDER: its compiled code, the packages it
// depends on (production dependencies only), every service's migrations and the scripts that apply them. Run after `npm ci` and a build.
// (`npm ci --omit=dev --workspace X` keeps the optional peers of @prisma/client: a compiler, a CLI, 150 MB more.)
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { noticesOf } from '../../tools/licences/licences.mjs';
import { packagesOf } from './runtime-packages.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const SCRIPTS = ['infra/database', 'infra/storage'];
/** What the scripts need besides what every service has. */
const SCRIPT_PACKAGES = ['packages/local-platform'];

/** Copies the runtime of apps/`service` to `folder`, which must be absent or empty. Returns the copied packages' folders. */
export function assemble(service, folder) {
  if (!fs.existsSync(path.join(root, 'apps', service, 'dist/main.js')))
    throw new Error(
      `apps/${service} is not a built service: run npm ci, node tools/prisma/generate.mjs and npm run build first.`,
    );
  if (fs.existsSync(folder) && fs.readdirSync(folder).length > 0) throw new Error(`${folder} is not empty.`);
  const packages = packagesOf(root, [path.join('apps', service), ...SCRIPT_PACKAGES]);
  for (const from of packages) (isWorkspace(from) ? copyWorkspace : copyPackage)(from, folder);
  for (const from of packages.filter(isWorkspace)) linkWorkspace(from, folder);
  for (const script of SCRIPTS) copy(script, folder);
  for (const app of fs.readdirSync(path.join(root, 'apps'))) copyMigrations(path.join('apps', app, 'prisma'), folder);
  copy('LICENSE', folder);
  fs.writeFileSync(path.join(folder, 'THIRD-PARTY-NOTICES'), noticesOf(root, packages));
  return packages;
}

const isWorkspace = (dir) => !dir.split(path.sep).includes('node_modules');

/** Compiled code without tests, and what the manifest's `files` name beside it; the sources stay behind. */
function copyWorkspace(dir, folder) {
  copy(path.join(dir, 'package.json'), folder);
  const { files = [] } = JSON.parse(fs.readFileSync(path.join(root, dir, 'package.json'), 'utf8'));
  for (const file of files.filter((name) => name !== 'dist')) copy(path.join(dir, file), folder);
  const forTests = ['dist/test', 'dist/src'].map((part) => path.join(root, dir, part));
  copy(
    path.join(dir, 'dist'),
    folder,
    (file) => !forTests.includes(file) && !/(\.spec\.js(\.map)?|compiled-from\.json)$/.test(file),
  );
}

/** A package as it was installed; packages nested in it are copied only when something needs them. */
function copyPackage(dir, folder) {
  const nested = path.join(root, dir, 'node_modules');
  copy(dir, folder, (file) => file !== nested && !isForeignBinary(file));
}

/** onnxruntime-node brings 200 MB for other systems and processors. */
function isForeignBinary(file) {
  const [, system, arch] = /onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?/.exec(file) ?? [];
  return (system !== undefined && system !== process.platform) || (arch !== undefined && arch !== process.arch);
}

/** node_modules/@earmark/x → packages/x, as npm does in the checkout. */
function linkWorkspace(dir, folder) {
  const { name } = JSON.parse(fs.readFileSync(path.join(root, dir, 'package.json'), 'utf8'));
  const link = path.join(folder, 'node_modules', name);
  fs.mkdirSync(path.dirname(link), { recursive: true });
  fs.symlinkSync(path.relative(path.dirname(link), path.join(folder, dir)), link);
}

function copyMigrations(dir, folder) {
  if (fs.existsSync(path.join(root, dir))) copy(dir, folder);
}

function copy(relative, folder, filter = () => true) {
  if (!fs.existsSync(path.join(root, relative))) return;
  fs.cpSync(path.join(root, relative), path.join(folder, relative), { recursive: true, verbatimSymlinks: true, filter });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [service, folder] = process.argv.slice(2);
  if (!service || !folder) throw new Error('Usage: assemble.mjs SERVICE FOLDER');
  console.log(`${service}: ${assemble(service, path.resolve(folder)).length} packages in ${folder}`);
}
