import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { elements, escapeXml, innerTexts, textOf, unescapeXml } from './xml.js';

describe('xml', () => {
  it('gives back any text that it escaped', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expect(unescapeXml(escapeXml(text))).toBe(text)));
  });

  it('finds the elements that clients send, in any layout', () => {
    const xml = '<Delete xmlns="x">\n <Object><Key>a&amp;b</Key></Object><Object >\n<Key>c&#x2f;d</Key></Object></Delete>';
    const keys = innerTexts(xml, 'Object').map((object) => textOf(object, 'Key'));
    expect(keys).toEqual(['a&b', 'c/d']);
    expect(textOf(xml, 'Quiet')).toBeUndefined();
  });

  it('leaves out what has no value', () => {
    expect(elements({ A: '<', B: undefined, C: 0, D: false })).toBe('<A>&lt;</A><C>0</C><D>false</D>');
  });
});
