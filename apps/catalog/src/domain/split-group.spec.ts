import { describe, expect, it } from '@jest/globals';
import { splitGroups } from './split-group.js';

const origin = (audioFileId: string, speaker: string | null, source: string | null = null) => ({ audioFileId, speaker, source });

describe('split groups', () => {
  it('leave files without a label alone', () => {
    expect(splitGroups([origin('1', null)]).size).toBe(0);
  });

  it('put files of one speaker together and others apart', () => {
    const groups = splitGroups([origin('1', 'ann'), origin('2', 'bob'), origin('3', 'ann')]);
    expect([...groups]).toEqual([
      ['1', 'speaker:ann'],
      ['2', 'speaker:bob'],
      ['3', 'speaker:ann'],
    ]);
  });

  it('join what a third file joins, in whatever order it is said', () => {
    const said = [origin('1', 'cas'), origin('2', 'bob'), origin('3', 'bob'), origin('3', 'ann'), origin('1', 'ann')];
    for (const origins of [said, [...said].reverse()]) {
      expect([...new Set(splitGroups(origins).values())]).toEqual(['speaker:ann']);
    }
  });

  it('use the source only for files without a speaker', () => {
    const groups = splitGroups([origin('1', 'ann', 'studio'), origin('2', 'bob', 'studio'), origin('3', null, 'studio')]);
    expect(groups.get('1')).not.toBe(groups.get('2'));
    expect(groups.get('3')).toBe('source:studio');
  });
});
