import fs from 'node:fs';
import path from 'node:path';
import { at, filesBelow, read } from './repository.js';

/** Every Markdown page of the repository. */
export const pages = (): string[] => filesBelow('.', (file) => file.endsWith('.md')).map((file) => path.normalize(file));

/** Sentences on links of a page that lead to no file or to no heading of it. Links to other sites are not followed. */
export function linkProblems(page: string, text = read(page)): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link)).flatMap((link) => oneLink(page, text, link));
}

function oneLink(page: string, text: string, link: string): string[] {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), decodeURIComponent(file));
  if (!fs.existsSync(at(target))) return [`${page}: ${link} leads nowhere.`];
  if (anchor === undefined || !target.endsWith('.md')) return [];
  const own = file === '' ? text : read(target);
  return anchorsOf(own).includes(anchor) ? [] : [`${page}: ${link} leads to no heading of ${target}.`];
}

/** GitHub's names of headings: lower case, no punctuation, hyphens for spaces. */
const anchorsOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = '']) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(' ', '-'), // prettier-ignore
  );

const withoutCode = (text: string): string => text.replaceAll(/^\s*```[\s\S]*?^\s*```/gm, '').replaceAll(/`[^`\n]*`/g, '`code`');

/** What stands in code blocks and code spans of a page, a line for each span. */
export function codeOf(text: string): string {
  const blocks = [...text.matchAll(/^\s*```\w*\n([\s\S]*?)^\s*```/gm)].map(([, code = '']) => code);
  const spans = [...text.replaceAll(/^\s*```[\s\S]*?^\s*```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...spans].join('\n');
}
