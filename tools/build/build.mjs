#!/usr/bin/env node
// Compiles TypeScript to dist/ with swc, file by file: `build.mjs` for every workspace, `build.mjs DIR` for one.
// Types are checked elsewhere (`npm run typecheck`); this only emits what runs, in well under a second a package.
// Layout: src/x.ts -> dist/x.js, test/y.spec.ts -> dist/test/y.spec.js; so `../src/x.js` in a test becomes `../x.js`.
// Files without a source are removed.
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const swcOptions = {
  swcrc: false,
  configFile: false,
  sourceMaps: true,
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
};

/** Every file below `dir` whose name ends with one of `endings`; an absent folder is empty. */
async function filesBelow(dir, endings) {
  const entries = await fs.readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

const modifiedAt = (file) =>
  fs.stat(file).then(
    (stat) => stat.mtimeMs,
    () => 0,
  );

/** In a test, `../src/x.js` names a source; beside the compiled test it is `../x.js`. */
const fromTestFolder = (code) => code.replace(/((?:from|import)\s*\(?\s*['"])((?:\.\.\/)+)src\//g, '$1$2');

async function compile(source, target) {
  if ((await modifiedAt(target)) > (await modifiedAt(source))) return 0;
  const { code, map } = await transformFile(source, { ...swcOptions, filename: source, sourceFileName: source });
  await fs.mkdir(path.dirname(target), { recursive: true });
  await fs.writeFile(`${target}.map`, map ?? '');
  const runnable = target.includes(`${path.sep}dist${path.sep}test${path.sep}`) ? fromTestFolder(code) : code;
  await fs.writeFile(target, `${runnable}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
  return 1;
}

async function buildPackage(dir) {
  const pairs = [];
  for (const [from, to] of [
    ['src', 'dist'],
    ['test', 'dist/test'],
  ]) {
    for (const source of await filesBelow(path.join(dir, from), ['.ts', '.tsx'])) {
      if (source.endsWith('.d.ts')) continue;
      const relative = path.relative(path.join(dir, from), source).replace(/\.tsx?$/, '.js');
      pairs.push([source, path.join(dir, to, relative)]);
    }
  }
  const wanted = new Set(pairs.flatMap(([, target]) => [target, `${target}.map`]));
  for (const stale of await filesBelow(path.join(dir, 'dist'), ['.js', '.js.map'])) {
    if (!wanted.has(stale)) await fs.rm(stale, { force: true });
  }
  const emitted = await Promise.all(pairs.map(([source, target]) => compile(source, target)));
  return emitted.reduce((sum, count) => sum + count, 0);
}

async function workspaces() {
  const found = [];
  for (const group of ['packages', 'apps', 'tests']) {
    for (const name of await fs.readdir(path.join(root, group)).catch(() => [])) {
      if (await modifiedAt(path.join(root, group, name, 'tsconfig.json'))) found.push(path.join(root, group, name));
    }
  }
  return found;
}

const only = process.argv[2];
const targets = only ? [path.resolve(only)] : await workspaces();
let emitted = 0;
for (const dir of targets) emitted += await buildPackage(dir);
console.log(`built ${targets.length} workspace(s), ${emitted} file(s) compiled`);
