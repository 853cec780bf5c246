import { describe, expect, it } from '@jest/globals';
import { commandProblems } from '../src/commands.js';
import { codeOf, linkProblems, pages } from '../src/documents.js';
import { read } from '../src/repository.js';
import path from 'node:path';

describe('the documents', () => {
  it('are there', () => {
    const runbooks = ['deploy', 'backup-and-restore', 'dead-letters', 'lost-streams'].map((name) => `docs/runbooks/${name}.md`);
    expect(pages()).toEqual(expect.arrayContaining(['docs/architecture.md', 'infra/README.md', 'k8s/README.md', ...runbooks]));
  });

  it('link to what is there', () => {
    expect(pages().flatMap((page) => linkProblems(page))).toEqual([]);
  });

  it('name commands that exist', () => {
    const problems = pages().flatMap((page) => {
      // Commands run at the root, or in the page's own folder.
      const atRoot = commandProblems(codeOf(read(page)));
      const own = commandProblems(codeOf(read(page)), path.dirname(page));
      return atRoot.filter((sentence) => own.includes(sentence)).map((sentence) => `${page}: ${sentence}`);
    });
    expect(problems).toEqual([]);
  });
});

describe('the rules for documents', () => {
  it('see links that lead nowhere', () => {
    const text =
      '# A heading: here\n[a](missing.md) [b](#a-heading-here) [c](#other) [d](../infra/README.md#images) [e](https://example.com)\n`[f](code.md)`';
    expect(linkProblems('k8s/README.md', text)).toEqual([
      'k8s/README.md: missing.md leads nowhere.',
      'k8s/README.md: #other leads to no heading of k8s/README.md.',
    ]);
  });

  it('see commands that do not exist', () => {
    const text =
      'npm run check, npm run chekc, npm test, npm strat, npm ci, npm run test --workspace packages/audio, node infra/local/start.mjs, node infra/none.mjs';
    expect(commandProblems(text)).toEqual([
      '"npm run chekc": there is no script chekc.',
      '"npm strat": npm has no strat.',
      'node infra/none.mjs: there is no such file.',
    ]);
  });
});
