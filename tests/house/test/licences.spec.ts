import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { moduleAt } from '../src/repository.js';

interface Exception {
  readonly licence: string;
  readonly reason: string;
  readonly replaceable?: string;
  readonly source?: string;
}
type LicenceProblems = (root: string, workspaces: string[], exceptions: Record<string, Exception>) => string[];
type NoticesOf = (root: string, folders: string[]) => string;

const { isAllowed } = (await moduleAt('tools/licences/spdx.mjs')) as { isAllowed: (expression: string) => boolean };
const { licenceProblems, noticesOf } = (await moduleAt('tools/licences/licences.mjs')) as {
  licenceProblems: LicenceProblems;
  noticesOf: NoticesOf;
};

describe('licence expressions', () => {
  it.each(['MIT', 'Apache-2.0', '(MIT OR GPL-3.0)', 'MIT AND ISC', 'GPL-2.0 OR (MIT AND BSD-3-Clause)'])('allow %s', (text) => {
    expect(isAllowed(text)).toBe(true);
  });
  it.each(['GPL-2.0', 'LGPL-2.1-or-later', 'MIT AND GPL-3.0', 'UNLICENSED', '', 'SEE LICENSE IN FILE', '(MIT', 'MIT MIT'])(
    'refuse "%s"',
    (text) => {
      expect(isAllowed(text)).toBe(false);
    },
  );
});

describe('the licence gate', () => {
  let root = '';
  const plant = (folder: string, manifest: object): void => {
    fs.mkdirSync(path.join(root, folder), { recursive: true });
    fs.writeFileSync(path.join(root, folder, 'package.json'), JSON.stringify({ version: '1.0.0', ...manifest }));
  };
  beforeAll(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-licences-')));
    plant('apps/planted', { name: '@earmark/planted', dependencies: { free: '1' }, devDependencies: { 'only-for-tests': '1' } });
    plant('node_modules/free', { name: 'free', license: 'MIT', dependencies: { bound: '1' } });
    plant('node_modules/bound', { name: 'bound', license: 'LGPL-3.0' });
    plant('node_modules/only-for-tests', { name: 'only-for-tests', license: 'GPL-3.0' });
    fs.writeFileSync(path.join(root, 'node_modules/free/LICENSE'), 'Copyright of the free package');
  });
  afterAll(() => fs.rmSync(root, { recursive: true }));

  it('names a package that a service reaches under a licence we may not ship, and no test dependency', () => {
    expect(licenceProblems(root, ['apps/planted'], {})).toEqual([
      'bound@1.0.0 (reached by apps/planted): the licence LGPL-3.0 is not allowed.',
    ]);
  });

  it('accepts the LGPL only with the file that a user may replace and the place of its source', () => {
    const exception = { licence: 'LGPL-3.0', reason: 'planted' };
    expect(licenceProblems(root, ['apps/planted'], { bound: exception })).toEqual([
      'exceptions.json: bound is under the LGPL and needs "replaceable" (the file a user may replace) and "source".',
    ]);
    const complete = { ...exception, replaceable: 'bound.wasm', source: 'https://example.com/bound' };
    expect(licenceProblems(root, ['apps/planted'], { bound: complete })).toEqual([]);
  });

  it('names an exception that nothing needs, or whose package changed its licence', () => {
    const stale = { free: { licence: 'GPL-3.0', reason: 'planted' } };
    expect(licenceProblems(root, ['apps/planted'], stale)).toContain(
      'exceptions.json: nothing that ships needs free under GPL-3.0 any more.',
    );
  });

  it('writes the notices of everything that goes into an image', () => {
    const notices = noticesOf(root, ['apps/planted', 'node_modules/bound', 'node_modules/free']);
    expect(notices).toContain('free 1.0.0\nLicence: MIT\n\nCopyright of the free package');
    expect(notices).toContain('bound 1.0.0\nLicence: LGPL-3.0');
    expect(notices).not.toContain('planted 1.0.0');
  });
});
