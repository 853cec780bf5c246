// The licences of everything that an image or a published package takes with it.
import fs from 'node:fs';
import path from 'node:path';
import { packagesOf } from '../../infra/docker/runtime-packages.mjs';
import { isAllowed, licenceOf } from './spdx.mjs';

/** Workspaces that never leave this repository: servers and kits for tests and for one machine. */
const NOT_SHIPPED = new Set(['packages/embedded-s3', 'packages/testkit']);

/** Folders of the workspaces that ship, sorted: every app, every package that is not for tests. */
export function shippedWorkspaces(root) {
  const found = ['apps', 'packages'].flatMap((group) => fs.readdirSync(path.join(root, group)).map((name) => `${group}/${name}`));
  return found.filter((folder) => !NOT_SHIPPED.has(folder) && !path.basename(folder).startsWith('config-')).sort();
}

/** Third-party packages among installed `folders`: `{ folder, name, version, licence }`, sorted by name. */
export function thirdPartyIn(root, folders) {
  const installed = folders.filter((folder) => folder.split(path.sep).includes('node_modules'));
  const describe = (folder) => {
    const manifest = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    return { folder, name: manifest.name, version: manifest.version, licence: licenceOf(manifest) };
  };
  return installed.map(describe).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Sentences on packages of `workspaces` whose licence we do not accept, and on exceptions that nothing needs any more.
 * `exceptions`: package name to `{ licence, reason, replaceable?, source? }`; the LGPL needs the last two.
 */
export function licenceProblems(root, workspaces, exceptions) {
  const used = new Set();
  const problems = new Set();
  for (const workspace of workspaces)
    for (const { name, version, licence } of thirdPartyIn(root, packagesOf(root, [workspace]))) {
      if (licence !== undefined && isAllowed(licence)) continue;
      const exception = exceptions[name];
      if (exception?.licence === licence) used.add(name);
      else
        problems.add(
          `${name}@${version} (reached by ${workspace}): the licence ${licence ?? 'that it does not state'} is not allowed.`,
        );
    }
  for (const [name, exception] of Object.entries(exceptions)) {
    if (!used.has(name)) problems.add(`exceptions.json: nothing that ships needs ${name} under ${exception.licence} any more.`);
    if (/^LGPL/.test(exception.licence) && !(exception.replaceable && exception.source))
      problems.add(
        `exceptions.json: ${name} is under the LGPL and needs "replaceable" (the file a user may replace) and "source".`,
      );
  }
  return [...problems];
}

const TEXT = /^(licen[cs]e|copying|notice)/i;

/** The notices of the packages in `folders`: name, version, licence, and the texts that came with each. */
export function noticesOf(root, folders) {
  const entries = thirdPartyIn(root, folders).map(({ folder, name, version, licence }) => {
    const dir = path.join(root, folder);
    const texts = fs.readdirSync(dir).filter((file) => TEXT.test(file) && fs.statSync(path.join(dir, file)).isFile()).sort(); // prettier-ignore
    const body = texts.map((file) => fs.readFileSync(path.join(dir, file), 'utf8').trim()).join('\n\n');
    return `${name} ${version}\nLicence: ${licence ?? 'not stated'}\n\n${body}`.trim();
  });
  const head = 'Earmark is licensed under Apache-2.0 (see LICENSE). It uses the following packages.';
  return `${[head, ...entries].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
