import { describe, expect, it } from '@jest/globals';
import { moduleAt } from '../src/repository.js';

interface Measured {
  readonly lines: number;
  readonly functions: readonly { readonly line: number; readonly lines: number }[];
}
const { measure, percentile, sourceFiles } = (await moduleAt('tools/sizes/sizes.mjs')) as {
  measure: (file: string, text: string) => Measured;
  percentile: (values: readonly number[], share: number) => number;
  sourceFiles: (root: string, folders: string[]) => string[];
};

describe('the sizes of files and functions', () => {
  it('are counted in lines, with every function that has a body', () => {
    const text = [
      'const a = () => 1;',
      'class B {',
      '  c(): number {',
      '    return 1;',
      '  }',
      '}',
      'declare function d(): void;',
      '',
    ];
    expect(measure('planted.ts', text.join('\n'))).toEqual({ lines: 7, functions: [{ line: 1, lines: 1 }, { line: 3, lines: 3 }] }); // prettier-ignore
  });

  it('are judged by the value that 99 of 100 do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([31], 0.99)).toBe(31);
    expect(percentile([], 0.99)).toBe(0);
  });

  it('are those of sources, not of tests or generated code', async () => {
    const { root } = await import('../src/repository.js');
    const files = sourceFiles(root, ['apps', 'tools']);
    expect(files).toEqual(expect.arrayContaining(['apps/gateway/src/main.ts', 'tools/sizes/sizes.mjs']));
    expect(files.filter((file) => /spec|prisma-client|dist\/|node_modules|^apps.*\/test\//.test(file))).toEqual([]);
  });
});
