#!/usr/bin/env node
// Fails when something that ships has a licence we do not accept.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { licenceProblems, shippedWorkspaces } from './licences.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const exceptions = JSON.parse(fs.readFileSync(path.join(here, 'exceptions.json'), 'utf8'));

const problems = licenceProblems(root, shippedWorkspaces(root), exceptions);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
