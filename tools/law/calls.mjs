// Which service asks which: derived from every `ask` and `call` on RpcClient, judged by the layers, drawn for docs/architecture.md.
import ts from 'typescript';
import { ownerName } from './program.mjs';

/** Calls go down only: a service may call services of lower layers. */
export const LAYERS = [['ingest'], ['catalog', 'model-registry'], ['trainer', 'inference'], ['gateway']];
const GENERIC_CALLER = 'gateway';

const layerOf = (service) => LAYERS.findIndex((layer) => layer.includes(service));

/** The client in messaging, and the gateway's port of the same shape. */
const CALLERS = /^(RpcClient|Services)$/;

/** Whether a call expression asks another service over NATS. */
export function isRemoteCall(declaration) {
  if (declaration === undefined || !/^(ask|call)$/.test(declaration.name?.getText() ?? '')) return false;
  return CALLERS.test(ownerName(declaration) ?? '');
}

/** Every remote call of the apps: `{ from, to, name, contract, place }`; `to` and `name` are undefined when the contract is a parameter. */
export function remoteCalls(services) {
  const calls = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && isRemoteCall(services.declarationOf(node))) calls.push(describe(services, node));
    ts.forEachChild(node, visit);
  };
  for (const file of services.files) visit(file);
  return calls;
}

function describe(services, node) {
  const [contract] = node.arguments;
  const declared = services.resolve(services.checker.getSymbolAtLocation(contract))?.declarations?.[0];
  const from = services.appOf(node.getSourceFile());
  const name = nameOf(declared);
  return { from, to: name?.split('.')[0], name, contract: contract.getText(), place: services.place(node) };
}

/** `ingest.find-audio-files` of `const findAudioFiles = defineRpc({ name: 'ingest.find-audio-files', … })`; its first half owns it. */
export function nameOf(declaration) {
  const initializer = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  const literal = initializer && ts.isCallExpression(initializer) ? initializer.arguments[0] : undefined;
  if (literal === undefined || !ts.isObjectLiteralExpression(literal)) return undefined;
  const name = literal.properties.find((property) => property.name?.getText() === 'name');
  return name && ts.isStringLiteralLike(name.initializer) ? name.initializer.text : undefined;
}

/** Sentences about calls that break the rules; empty when all is well. */
export function callOffences(calls) {
  const unnamed = calls.filter(({ to, from }) => to === undefined && from !== GENERIC_CALLER);
  const upward = calls.filter(({ from, to }) => to !== undefined && layerOf(to) >= layerOf(from));
  return [
    ...unnamed.map(
      ({ place, contract }) => `${place}: \`${contract}\` is not a contract by name, so nobody can tell who is asked.`,
    ),
    ...upward.map(
      ({ place, from, to, contract }) => `${place}: ${from} asks ${to} (${contract}), but calls go down only: ${drawLayers()}.`,
    ),
    ...circlesOf(calls).map((circle) => `Services ask each other in a circle: ${circle.join(' → ')}.`),
  ];
}

const drawLayers = () =>
  LAYERS.toReversed()
    .map((layer) => layer.join(', '))
    .join(' → ');

/** One circle per pair of services that reach each other. */
function circlesOf(calls) {
  const asks = edgesOf(calls);
  const pathTo = (from, goal, seen = [from]) => {
    for (const next of asks.get(from) ?? []) {
      if (next === goal) return [...seen, goal];
      const rest = seen.includes(next) ? undefined : pathTo(next, goal, [...seen, next]);
      if (rest) return rest;
    }
    return undefined;
  };
  const circles = [...asks.keys()].map((service) => pathTo(service, service)).filter(Boolean);
  return circles.filter((circle) => circle[0] === circle.toSorted()[0]);
}

function edgesOf(calls) {
  const asks = new Map();
  for (const { from, to } of calls) if (to !== undefined) asks.set(from, new Set([...(asks.get(from) ?? []), to]));
  return asks;
}

/** The contracts that each service asks by name, sorted: `{ catalog: ['ingest.find-audio-files'] }`; the gateway's routes are not among them. */
export function contractsAsked(calls) {
  const asked = {};
  for (const { from, name } of calls.filter(({ to }) => to !== undefined)) (asked[from] ??= new Set()).add(name);
  return Object.fromEntries(Object.entries(asked).map(([from, names]) => [from, [...names].sort()]));
}

/** A Mermaid drawing of who asks whom, with the contracts as labels. */
export function drawCalls(calls) {
  const labels = new Map();
  for (const { from, to, contract } of calls) {
    if (to === undefined) continue;
    const key = `${from}\n${to}`;
    labels.set(key, new Set([...(labels.get(key) ?? []), contract]));
  }
  const publicOwners = LAYERS.flat().filter((service) => service !== GENERIC_CALLER);
  const lines = [
    ...publicOwners.map((service) => `  ${GENERIC_CALLER} -->|routes| ${service}`),
    ...[...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, contracts]) => edgeLine(key, contracts)),
  ];
  return ['```mermaid', 'flowchart TD', ...lines, '```'].join('\n');
}

function edgeLine(key, contracts) {
  const [from, to] = key.split('\n');
  return `  ${from} -->|${[...contracts].sort().join('<br/>')}| ${to}`;
}
