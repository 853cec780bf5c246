// No remote call inside an open transaction: a connection would wait for another service, and two services for each other.
// Followed from every `….transaction(work)` and every event handler (which runs in its inbox's transaction) through functions, methods
// and the implementations of ports.
import ts from 'typescript';
import { isRemoteCall } from './calls.mjs';
import { ownerName } from './program.mjs';

/** Object storage is remote too; presigning only computes. */
function isStorageCall(declaration) {
  return (
    declaration !== undefined && ownerName(declaration) === 'BlobStore' && !/^presign/.test(declaration.name?.getText() ?? '')
  );
}

const isTransaction = (call) => ts.isPropertyAccessExpression(call.expression) && call.expression.name.text === 'transaction';

/** Code inside these runs after the commit, or in no transaction. */
const LEAVES_TRANSACTION = new Set(['afterCommit', 'outside']);

const leaves = (call) => ts.isPropertyAccessExpression(call.expression) && LEAVES_TRANSACTION.has(call.expression.name.text);

function hasDecorator(method, name) {
  const decorators = ts.canHaveDecorators(method) ? (ts.getDecorators(method) ?? []) : [];
  return decorators.some(({ expression }) => ts.isCallExpression(expression) && expression.expression.getText() === name);
}

/** Pieces of code that run inside a transaction. */
function transactionalCode(services) {
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && isTransaction(node) && node.arguments[0]) found.push(node.arguments[0]);
    if (ts.isMethodDeclaration(node) && hasDecorator(node, 'HandlesEvent') && node.body) found.push(node.body);
    ts.forEachChild(node, visit);
  };
  for (const file of services.files) visit(file);
  return found;
}

/** Sentences `apps/x/…:12: …`, one per remote call that a transaction reaches. */
export function transactionOffences(services) {
  const offences = new Map();
  for (const code of transactionalCode(services)) follow(services, code, services.appOf(code.getSourceFile()), [services.place(code)], new Set(), offences); // prettier-ignore
  return [...offences.values()];
}

function follow(services, node, app, trail, seen, offences) {
  if (seen.has(node)) return;
  seen.add(node);
  const visit = (inner) => {
    if (ts.isCallExpression(inner)) {
      if (leaves(inner)) return;
      followCall(services, inner, app, trail, seen, offences);
    }
    ts.forEachChild(inner, visit);
  };
  visit(node);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) followReference(services, node, app, trail, seen, offences);
}

/** `transaction(this.#work)`: the function that is named, not called here. */
function followReference(services, node, app, trail, seen, offences) {
  const symbol = services.resolve(services.checker.getSymbolAtLocation(ts.isPropertyAccessExpression(node) ? node.name : node));
  const declaration = symbol?.declarations?.[0];
  if (declaration?.body) follow(services, declaration.body, app, trail, seen, offences);
}

function followCall(services, call, app, trail, seen, offences) {
  const declaration = services.declarationOf(call);
  if (declaration === undefined) return;
  const here = services.place(call);
  if (isRemoteCall(declaration) || isStorageCall(declaration)) {
    const what = isRemoteCall(declaration) ? 'another service is asked' : 'object storage is used';
    offences.set(`${trail[0]} ${here}`, `${here}: ${what} inside the transaction of ${trail.join(' → ')}.`);
    return;
  }
  if (services.appOf(declaration.getSourceFile()) !== app) return;
  const bodies = ts.isInterfaceDeclaration(declaration.parent) ? services.implementationsOf(declaration, app) : [declaration];
  for (const body of bodies.map(bodyOf).filter(Boolean)) follow(services, body, app, [...trail, here], seen, offences);
}

function bodyOf(declaration) {
  if (declaration.body) return declaration.body;
  const value = declaration.initializer;
  return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? value.body : undefined;
}
