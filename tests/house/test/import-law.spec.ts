import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import os from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { at } from '../src/repository.js';

const law = createRequire(import.meta.url)(at('tools/import-law/dependency-cruiser.cjs')) as {
  forbidden: (IForbiddenRuleType & { name: string })[];
  options: ICruiseOptions;
};

/** One offence for each rule: the file that commits it and what it imports. Targets of vendors are planted as packages. */
const offences: readonly [rule: string, file: string, imported: string][] = [
  ['no-app-imports-an-app', 'apps/catalog/src/a.ts', '../../ingest/src/target.js'],
  ['no-package-imports-an-app', 'packages/audio/src/b.ts', '../../../apps/ingest/src/target.js'],
  ['contracts-know-zod-only', 'packages/contracts/src/c.ts', 'pg'],
  ['pure-packages-stay-pure', 'packages/audio/src/d.ts', 'node:fs'],
  ['domain-and-use-cases-know-no-framework', 'apps/catalog/src/use-cases/e.ts', '@nestjs/common'],
  ['domain-and-use-cases-know-no-adapter', 'apps/catalog/src/use-cases/f.ts', '../outbound/target.js'],
  ['domain-knows-domain', 'apps/catalog/src/domain/g.ts', '../ports.js'],
  ['inbound-never-imports-outbound', 'apps/catalog/src/inbound/h.ts', '../outbound/target.js'],
  ['nats-has-one-home', 'apps/catalog/src/i.ts', '@nats-io/jetstream'],
  ['minio-has-one-home', 'apps/catalog/src/outbound/j.ts', 'minio'],
  ['prisma-has-one-home', 'apps/catalog/src/k.ts', '@prisma/client'],
  ['onnxruntime-has-one-home', 'apps/catalog/src/l.ts', 'onnxruntime-node'],
  ['tensorflow-has-one-home', 'packages/learning/src/m.ts', '@tensorflow/tfjs'],
  ['decoders-have-one-home', 'apps/ingest/src/outbound/n.ts', 'opus-decoder'],
  ['decoders-run-in-the-sandbox', 'apps/ingest/src/outbound/n2.ts', '../../../../packages/audio-files/src/decoding.js'],
  ['audio-files-know-no-service', 'packages/audio-files/src/n3.ts', '../../contracts/src/index.js'],
  ['no-deep-imports', 'apps/catalog/src/o.ts', '../../../packages/audio/src/inner.js'],
  ['no-circles', 'packages/learning/src/p.ts', './q.js'],
];

const targets: Readonly<Record<string, string>> = {
  'apps/ingest/src/target.ts': '',
  'apps/catalog/src/outbound/target.ts': '',
  'apps/catalog/src/ports.ts': '',
  'packages/audio/src/inner.ts': '',
  'packages/audio-files/src/decoding.ts': '',
  'packages/contracts/src/index.ts': '',
  'packages/learning/src/q.ts': "import './p.js';\n",
  'tsconfig.json': '{ "compilerOptions": { "module": "NodeNext", "moduleResolution": "NodeNext" } }',
};

describe('the import law', () => {
  let folder = '';
  let violations: { rule: string; from: string }[] = [];

  beforeAll(async () => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-law-')));
    for (const [file, text] of Object.entries(targets)) plant(file, text);
    for (const [, file, imported] of offences) plant(file, `import '${imported}';\nexport const planted = '${imported}';\n`);
    for (const vendor of offences
      .map(([, , imported]) => imported)
      .filter((name) => /^(@|\w)/.test(name) && !name.startsWith('node:'))) {
      plant(`node_modules/${vendor}/package.json`, `{ "name": "${vendor}", "main": "index.js" }`);
      plant(`node_modules/${vendor}/index.js`, '');
    }
    violations = await violationsOf(['apps', 'packages']);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  function plant(file: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }

  async function violationsOf(roots: string[]): Promise<{ rule: string; from: string }[]> {
    const { tsConfig: _ours, ...options } = law.options;
    const { output } = await cruise(roots, {
      ...options,
      baseDir: folder,
      validate: true,
      ruleSet: { forbidden: law.forbidden },
    });
    return (output as ICruiseResult).summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
  }

  it('has an offence planted here for every rule', () => {
    expect(offences.map(([rule]) => rule).sort()).toEqual(law.forbidden.map(({ name }) => name).sort());
  });

  it.each(offences)('%s', (rule, file) => {
    expect(violations).toContainEqual({ rule, from: file });
  });

  it('blames nobody else', () => {
    const culprits = new Set([...offences.map(([, file]) => file), 'packages/learning/src/q.ts']);
    expect(violations.filter(({ from }) => !culprits.has(from))).toEqual([]);
  });
});
