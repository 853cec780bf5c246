#!/usr/bin/env node
// Compiles TypeScript to dist/ with swc, file by file: `build.mjs` for every workspace, `build.mjs DIR` for one.
// Types are checked elsewhere (`npm run typecheck`); this only emits what runs, in well under a second a package.
// A file is compiled again when its content, this compiler or its options are not those that dist/compiled-from.json names.
// Layout: src/x.ts -> dist/x.js, test/y.spec.ts -> dist/test/y.spec.js. The link dist/src -> dist makes `../src/x.js` in a compiled test
// the very module that everyone else imports: Node and jest know a module by its real path.
// Files without a source are removed.
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

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

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

const exists = (file) =>
  fs.access(file).then(
    () => true,
    () => false,
  );

/** Identifies the compiler: a new version of swc, of its options or of this file compiles everything again. */
const compiler = sha256(
  createRequire(import.meta.url)('@swc/core/package.json').version,
  await fs.readFile(fileURLToPath(import.meta.url)),
);

async function compile(source, target, text) {
  const { code, map } = await transform(text, { ...swcOptions, filename: source, sourceFileName: source });
  await fs.mkdir(path.dirname(target), { recursive: true });
  await replaceFile(`${target}.map`, map ?? '');
  await replaceFile(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
}

/** Readers and a second build beside this one see the old or the new content, never half of it. */
async function replaceFile(file, content) {
  const unfinished = `${file}.${process.pid}.new`;
  await fs.writeFile(unfinished, content);
  await fs.rename(unfinished, file);
}

/** dist/src -> dist, made again when something else has that name. */
async function linkSources(dist) {
  const link = path.join(dist, 'src');
  if ((await fs.readlink(link).catch(() => null)) === '.') return;
  await fs.rm(link, { recursive: true, force: true });
  await fs.symlink('.', link, 'dir').catch((error) => {
    if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error; // another build made it, or nothing was compiled
  });
}

/** `[source, target]` of every file of the package in `dir`. */
async function filesToCompile(dir) {
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
  return pairs;
}

async function removeStale(dir, pairs) {
  const wanted = new Set(pairs.flatMap(([, target]) => [target, `${target}.map`]));
  for (const stale of await filesBelow(path.join(dir, 'dist'), ['.js', '.js.map'])) {
    if (!wanted.has(stale)) await fs.rm(stale, { force: true });
  }
}

/** Compiles what changed since `compiled-from.json` was written; returns the number of files. */
async function buildPackage(dir) {
  const pairs = await filesToCompile(dir);
  await removeStale(dir, pairs);
  const stampFile = path.join(dir, 'dist/compiled-from.json');
  const before = JSON.parse(await fs.readFile(stampFile, 'utf8').catch(() => '{}'));
  const now = {};
  const compileChanged = async ([source, target]) => {
    const text = await fs.readFile(source, 'utf8');
    const name = path.relative(dir, source);
    now[name] = sha256(compiler, text);
    if (before[name] === now[name] && (await exists(target))) return 0;
    await compile(source, target, text);
    return 1;
  };
  const counts = await Promise.all(pairs.map(compileChanged));
  await linkSources(path.join(dir, 'dist'));
  const compiled = counts.reduce((sum, count) => sum + count, 0);
  const isSame = compiled === 0 && Object.keys(before).length === pairs.length;
  if (pairs.length > 0 && !isSame) await replaceFile(stampFile, JSON.stringify(now));
  return compiled;
}

async function workspaces() {
  const found = [];
  for (const group of ['packages', 'apps', 'tests']) {
    for (const name of await fs.readdir(path.join(root, group)).catch(() => [])) {
      if (await exists(path.join(root, group, name, 'tsconfig.json'))) found.push(path.join(root, group, name));
    }
  }
  return found;
}

const only = process.argv[2];
const targets = only ? [path.resolve(only)] : await workspaces();
let emitted = 0;
for (const dir of targets) emitted += await buildPackage(dir);
console.log(`built ${targets.length} workspace(s), ${emitted} file(s) compiled`);
