// The services' code as a TypeScript program, and the questions that the checks of calls ask of it.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const COMPILER_OPTIONS = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  experimentalDecorators: true,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
};

const isSource = (file) =>
  file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.d.ts') && !file.includes('/prisma-client/');

/** Source files of all apps below `root`, without specs and generated clients. */
function sourcesOf(root) {
  const apps = path.join(root, 'apps');
  return fs.readdirSync(apps).flatMap((app) => {
    const dir = path.join(apps, app, 'src');
    if (!fs.existsSync(dir)) return [];
    return fs
      .readdirSync(dir, { recursive: true })
      .map((file) => path.join(dir, file))
      .filter(isSource);
  });
}

/** The name of the class or interface that a declaration stands in, or undefined. */
export function ownerName(declaration) {
  const { parent } = declaration;
  if (ts.isClassDeclaration(parent) || ts.isInterfaceDeclaration(parent)) return parent.name?.text;
  return undefined;
}

/** Parses and binds the apps below `root`. */
export class ServiceProgram {
  constructor(root) {
    this.root = root;
    this.program = ts.createProgram(sourcesOf(root), COMPILER_OPTIONS);
    this.checker = this.program.getTypeChecker();
    this.files = this.program.getSourceFiles().filter((file) => this.appOf(file) !== undefined && isSource(file.fileName));
    this.implementations = this.#collectImplementations();
  }

  /** The app that a file belongs to, or undefined for packages and libraries. */
  appOf(file) {
    const [group, app, part] = path.relative(this.root, file.fileName).split(path.sep);
    return group === 'apps' && part === 'src' ? app : undefined;
  }

  /** `apps/catalog/src/x.ts:12` of a node. */
  place(node) {
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    return `${path.relative(this.root, file.fileName)}:${line + 1}`;
  }

  /** The declaration that a call reaches, through aliases of imports; undefined for calls of values. */
  declarationOf(call) {
    const symbol = this.checker.getSymbolAtLocation(ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression); // prettier-ignore
    return this.resolve(symbol)?.declarations?.[0] ?? this.checker.getResolvedSignature(call)?.declaration;
  }

  /** Follows import aliases to the symbol itself. */
  resolve(symbol) {
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** Methods of the app's classes that implement the interface method `declaration`. */
  implementationsOf(declaration, app) {
    const name = declaration.name?.getText();
    const classes = this.implementations.get(`${app}\n${ownerName(declaration)}`) ?? [];
    return classes.flatMap((declared) => declared.members.filter((member) => member.name?.getText() === name));
  }

  #collectImplementations() {
    const found = new Map();
    for (const file of this.files) {
      ts.forEachChild(file, (node) => {
        if (!ts.isClassDeclaration(node)) return;
        const clauses = (node.heritageClauses ?? []).filter(({ token }) => token === ts.SyntaxKind.ImplementsKeyword);
        for (const type of clauses.flatMap(({ types }) => types)) {
          const key = `${this.appOf(file)}\n${type.expression.getText()}`;
          found.set(key, [...(found.get(key) ?? []), node]);
        }
      });
    }
    return found;
  }
}
