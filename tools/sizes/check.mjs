#!/usr/bin/env node
// Fails on a source file of more than 250 lines, and when more than one function in a hundred has more than 30. `--report` prints figures.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, percentile, sourceFiles } from './sizes.mjs';

const FILE_LINES = 250;
const FUNCTION_LINES = 30;
const SHARE = 0.99;

/** Longer than allowed when the check began; remove a name when its file has been split. */
const STILL_LONG = new Set(['packages/contracts/src/inference/routes.ts']);

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const measured = sourceFiles(root, ['apps', 'packages', 'tools', 'infra']).map((file) => ({
  file,
  ...measure(file, fs.readFileSync(path.join(root, file), 'utf8')),
}));
const functions = measured.flatMap(({ file, functions }) => functions.map((one) => ({ ...one, file })));
const longFiles = measured.filter(({ file, lines }) => lines > FILE_LINES && !STILL_LONG.has(file));
const longFunctions = functions.filter(({ lines }) => lines > FUNCTION_LINES).sort((a, b) => b.lines - a.lines);
const p99 = percentile(
  functions.map(({ lines }) => lines),
  SHARE,
);

for (const { file, lines } of longFiles) console.error(`${file} has ${lines} lines: split it, ${FILE_LINES} are enough.`);
if (p99 > FUNCTION_LINES || process.argv.includes('--report'))
  for (const { file, line, lines } of longFunctions) console.error(`${file}:${line} has ${lines} lines.`);
if (p99 > FUNCTION_LINES)
  console.error(`One function in a hundred has more than ${p99 - 1} lines; ${FUNCTION_LINES} are enough.`);
if (process.argv.includes('--report'))
  console.log(
    `${measured.length} files, ${functions.length} functions, p99 ${p99} lines, longest ${longFunctions[0]?.lines ?? 0}`,
  );
if (longFiles.length > 0 || p99 > FUNCTION_LINES) process.exitCode = 1;
