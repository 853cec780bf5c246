import fs from 'node:fs';
import path from 'node:path';
import { at, packageManifest } from './repository.js';

/** Commands of npm itself. */
const BUILT_IN = new Set([
  'ci',
  'install',
  'exec',
  'help',
  'run',
  'run-script',
  'view',
  'ls',
  'explain',
  'audit',
  'outdated',
  'update',
  'pack',
]);

/** Commands of npm that are scripts of package.json under a short name. */
const SHORTCUTS = new Set(['test', 'start', 'stop']);

/** Sentences on `npm …` and `node FILE` in a text that name a script or a file which is not there; `folder` is where the commands run. */
export function commandProblems(text: string, folder = '.'): string[] {
  return [...npmProblems(text, folder), ...nodeProblems(text, folder)];
}

function npmProblems(text: string, folder: string): string[] {
  const calls = [
    ...text.matchAll(/\bnpm (?:--?[\w-]+ )*([a-z][\w:-]*)(?: (?:--silent )?([a-z][\w:-]*))?((?: --?[\w-]+(?:[ =][\w@/.-]+)?)*)/g),
  ];
  return calls.flatMap(([call, command = '', argument = '', flags = '']) => {
    const script = command === 'run' ? argument : command;
    if (script === '' || (command !== 'run' && !SHORTCUTS.has(command)))
      return BUILT_IN.has(command) ? [] : [`"${call}": npm has no ${command}.`];
    const workspace = /--workspace[ =](\S+)/.exec(flags)?.[1];
    return scriptsOf(workspace ?? folder)[script] === undefined ? [`"${call}": there is no script ${script}.`] : [];
  });
}

function nodeProblems(text: string, folder: string): string[] {
  const files = [...text.matchAll(/\bnode (?:--[\w-]+ )*([\w./-]+\.m?js)\b/g)].map(([, file = '']) => file);
  const exists = (file: string): boolean => fs.existsSync(at(folder, file)) || fs.existsSync(at(file));
  // A container's own folder: compiled code of a service.
  const isOfImage = (file: string): boolean =>
    file.startsWith('dist/') && fs.existsSync(at('apps/gateway', path.normalize(file)));
  return files.filter((file) => !exists(file) && !isOfImage(file)).map((file) => `node ${file}: there is no such file.`);
}

/** The scripts of the nearest package.json from `folder` up, as npm finds them. */
function scriptsOf(folder: string): Readonly<Record<string, string>> {
  const isPackage = fs.existsSync(at(folder, 'package.json'));
  if (!isPackage && folder !== '.') return scriptsOf(path.dirname(folder));
  return packageManifest(folder).scripts ?? {};
}
