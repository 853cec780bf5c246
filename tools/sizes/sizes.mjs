// How long files and functions are.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const SOURCE = /\.(tsx?|mjs|cjs)$/;
const NOT_COUNTED = /(^|\/)(node_modules|dist|prisma-client|bench|test|\.[^/]+)(\/|$)|\.spec\.tsx?$|\.d\.m?ts$/;

/** Source files below the folders of `root`, by their paths from it, without tests and generated code. */
export function sourceFiles(root, folders) {
  return folders
    .flatMap((folder) => fs.readdirSync(path.join(root, folder), { recursive: true }).map((file) => path.join(folder, file)))
    .filter((file) => SOURCE.test(file) && !NOT_COUNTED.test(file.split(path.sep).slice(1).join('/')))
    .filter((file) => fs.statSync(path.join(root, file)).isFile());
}

/** Lines of a file, and of each function in it that has a body: `{ lines, functions: [{ line, lines }] }`. */
export function measure(fileName, text) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest);
  const lineAt = (position) => source.getLineAndCharacterOfPosition(position).line;
  const functions = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body !== undefined) {
      const first = lineAt(node.getStart(source));
      functions.push({ line: first + 1, lines: lineAt(node.end) - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { lines: text.trimEnd().split('\n').length, functions };
}

/** The smallest value that at least `share` of the sorted values do not exceed; 0 without values. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
