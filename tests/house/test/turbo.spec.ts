import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { at, packageManifest, readYaml } from '../src/repository.js';
import { copyRepository, planOf, runTurbo, type PlannedTask } from '../src/turbo.js';

const TASKS = ['typecheck', 'lint', 'test:unit'];

interface Workspace {
  readonly folder: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
}

const workspaces: readonly Workspace[] = ['apps', 'packages', 'tests'].flatMap((group) =>
  fs.readdirSync(at(group)).map((name) => describeWorkspace(`${group}/${name}`)),
);

function describeWorkspace(folder: string): Workspace {
  const { name, scripts = {}, dependencies, devDependencies } = packageManifest(folder);
  return { folder, name, scripts, needs: Object.keys({ ...dependencies, ...devDependencies }) };
}

/** A workspace and everything that reaches it through dependencies, sorted. */
function withDependents(name: string): string[] {
  const found = new Set([name]);
  const reaches = ({ needs }: Workspace): boolean => needs.some((needed) => found.has(needed));
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const workspace of workspaces.filter(reaches)) found.add(workspace.name);
  }
  return [...found].sort();
}

let folder = '';
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-turbo-')));
  copyRepository(folder);
  fs.symlinkSync(at('node_modules'), path.join(folder, 'node_modules'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('turbo', () => {
  const append = (file: string, text: string): void => fs.appendFileSync(path.join(folder, file), text);

  /** Packages with a task whose hash differs between two plans, sorted. */
  function changedBetween(before: readonly PlannedTask[], after: readonly PlannedTask[]): string[] {
    const hashes = new Map(before.map(({ taskId, hash }) => [taskId, hash]));
    return [...new Set(after.filter(({ taskId, hash }) => hashes.get(taskId) !== hash).map((task) => task.package))].sort();
  }

  function changedBy(file: string, text: string): string[] {
    const before = planOf(folder, TASKS);
    append(file, text);
    return changedBetween(before, planOf(folder, TASKS));
  }

  it('repeats the checks and unit tests of exactly the dependents when a source of the contracts changes', () => {
    const dependents = withDependents('@earmark/contracts');
    expect(dependents).toEqual(expect.arrayContaining(['@earmark/catalog', '@earmark/sdk', '@earmark/messaging']));
    expect(dependents).not.toContain('@earmark/audio');
    expect(changedBy('packages/contracts/src/index.ts', '\nexport const planted = 1;\n')).toEqual(dependents);
  });

  it('repeats only the own checks of a package whose spec changes', () => {
    expect(changedBy('packages/audio/src/pcm.spec.ts', '\n// planted\n')).toEqual(['@earmark/audio']);
  });

  it('repeats everything when the compiler options change, and nothing when a page changes', () => {
    expect(changedBy('packages/audio/README.md', 'planted\n')).toEqual([]);
    const checked = workspaces.filter(({ scripts }) => scripts['typecheck'] !== undefined).map(({ name }) => name);
    expect(changedBy('packages/config-typescript/base.json', '\n')).toEqual(checked.sort());
  });

  it('answers from its cache when nothing changed', () => {
    const args = ['typecheck', '--filter=@earmark/audio'];
    runTurbo(folder, args);
    expect(planOf(folder, args).map(({ taskId, cache }) => [taskId, cache.status])).toEqual([
      ['@earmark/audio#typecheck', 'HIT'],
    ]);
    append('packages/audio/src/index.ts', '\nexport const planted = 1;\n');
    expect(planOf(folder, args).map(({ cache }) => cache.status)).toEqual(['MISS']);
  });

  it('knows every check that `npm run check` names and every workspace with unit specs', () => {
    const { tasks } = readYaml('turbo.json') as { tasks: Readonly<Record<string, object>> };
    const [, named = ''] = /run-turbo\.mjs (.+)$/.exec(packageManifest().scripts?.['check'] ?? '') ?? [];
    const known = new Set(Object.keys(tasks).map((task) => task.replace('//#', '')));
    expect(named.split(' ')).toEqual(expect.arrayContaining(['format:check', 'lint', 'typecheck', 'law', 'dead-code']));
    expect(named.split(' ').filter((task) => !known.has(task))).toEqual([]);
    const hasUnitSpecs = (dir: string): boolean =>
      !dir.startsWith('tests/') &&
      fs.existsSync(at(dir, 'src')) &&
      readdir(at(dir, 'src')).some((file) => file.endsWith('.spec.ts'));
    const without = workspaces.filter(
      (workspace) => hasUnitSpecs(workspace.folder) && workspace.scripts['test:unit'] === undefined,
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  const readdir = (dir: string): string[] => fs.readdirSync(dir, { recursive: true, encoding: 'utf8' });
});

describe('the build', () => {
  const build = (): string => {
    const args = [at('tools/build/build.mjs'), path.join(folder, 'packages/service-kit')];
    return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim();
  };
  const source = (): string => path.join(folder, 'packages/service-kit/src/clock.ts');

  it('compiles what changed by its content, whatever the times of the files say', () => {
    expect(build()).toMatch(/, [1-9]\d* file\(s\) compiled$/);
    fs.utimesSync(source(), new Date(), new Date(Date.now() + 60_000));
    expect(build()).toMatch(/, 0 file\(s\) compiled$/);
    fs.appendFileSync(source(), '\nexport const planted = 1;\n');
    fs.utimesSync(source(), new Date(0), new Date(0));
    expect(build()).toMatch(/, 1 file\(s\) compiled$/);
    expect(fs.readFileSync(path.join(folder, 'packages/service-kit/dist/clock.js'), 'utf8')).toContain('planted');
  });
});
