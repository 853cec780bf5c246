// Which workspaces have tests, and of which kind.
import fs from 'node:fs';
import path from 'node:path';

const GROUPS = ['packages', 'apps', 'tests'];
const INTEGRATION = path.join('test', 'integration') + path.sep;

/** Every workspace with compiled specs, by its folder: `{ folder, hasUnit, hasIntegration, hasSlow, isJourney }`. */
export function workspacesWithTests(root) {
  const folders = GROUPS.flatMap((group) => fs.readdirSync(path.join(root, group)).sort().map((name) => `${group}/${name}`)); // prettier-ignore
  return folders.map((folder) => describe(root, folder)).filter(({ specs }) => specs.length > 0);
}

function describe(root, folder) {
  const specs = specsOf(path.join(root, folder));
  const quick = specs.filter((file) => !file.includes('.slow.'));
  const { scripts = {} } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  const isCached = scripts['test:unit'] !== undefined;
  return {
    folder,
    specs,
    hasUnit: isCached && quick.some((file) => !file.startsWith(INTEGRATION)),
    hasUncached: isCached ? quick.some((file) => file.startsWith(INTEGRATION)) : quick.length > 0,
    uncachedFlags: isCached ? ['--integration'] : [],
    hasSlow: specs.length > quick.length,
    isJourney: folder.startsWith('tests/'),
  };
}

function specsOf(dir) {
  const below = ['src', 'test'].filter((part) => fs.existsSync(path.join(dir, part)));
  const files = below.flatMap((part) =>
    fs.readdirSync(path.join(dir, part), { recursive: true }).map((file) => path.join(part, file)),
  );
  return files.filter((file) => /\.spec\.tsx?$/.test(file));
}
