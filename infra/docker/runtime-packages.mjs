// Which installed packages a workspace needs at run time, found the way Node finds them.
import fs from 'node:fs';
import path from 'node:path';

/**
 * Folders, relative to `root` and sorted, of the workspaces `starts` and of every package they reach through dependencies, installed
 * optional dependencies and required peers. Optional peers count only where a workspace of ours names them (tfjs in the learning package).
 * Throws when a required package is not installed.
 */
export function packagesOf(root, starts) {
  const found = new Set();
  const visit = (dir) => {
    if (found.has(dir)) return;
    found.add(dir);
    for (const { name, isRequired } of neededBy(root, dir)) {
      const target = resolvePackage(root, dir, name);
      if (target !== undefined) visit(target);
      else if (isRequired) throw new Error(`${dir} needs ${name}, which is not installed: run npm ci.`);
    }
  };
  for (const start of starts) visit(start);
  return [...found].sort();
}

function neededBy(root, dir) {
  const manifest = JSON.parse(fs.readFileSync(path.join(root, dir, 'package.json'), 'utf8'));
  const optional = Object.keys(manifest.optionalDependencies ?? {});
  const peers = Object.keys(manifest.peerDependencies ?? {});
  const isOptionalPeer = (name) => manifest.peerDependenciesMeta?.[name]?.optional === true;
  const isOurs = manifest.name.startsWith('@earmark/');
  const required = Object.keys(manifest.dependencies ?? {}).filter((name) => !optional.includes(name));
  return [
    ...[...required, ...peers.filter((name) => !isOptionalPeer(name))].map((name) => ({ name, isRequired: true })),
    ...[...optional, ...peers.filter((name) => isOptionalPeer(name) && isOurs)].map((name) => ({ name, isRequired: false })),
  ];
}

/** The folder of `name` as seen from `dir`: the nearest node_modules upwards; links of workspaces are followed. */
function resolvePackage(root, dir, name) {
  for (let at = dir; ; at = path.dirname(at)) {
    const candidate = path.join(root, at, 'node_modules', name);
    if (fs.existsSync(path.join(candidate, 'package.json'))) return path.relative(root, fs.realpathSync(candidate));
    if (at === '.') return undefined;
  }
}
