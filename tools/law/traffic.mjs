// What each service does on NATS beyond answering and announcing what is its own: infra/nats/permissions.conf is made from it.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { contractsAsked, nameOf } from './calls.mjs';
import { ownerName } from './program.mjs';

/** The second one is there because kustomize reads no file above its folder. */
const FILES = ['infra/nats/permissions.conf', 'k8s/overlays/dev/servers/permissions.conf'];

/** Sentences when the server's permissions are not those that the code needs; with `write` the file is made true instead. */
export async function permissionOffences(services, calls, write) {
  const { natsConfiguration, natsUsers } = await import('@earmark/messaging'); // compiled code, which other checks do without
  const head = '# Who may do what on NATS, derived from contracts and code: written by `npm run law -- --write`.\n';
  const text = head + natsConfiguration(natsUsers(await trafficOf(services, calls)));
  const stale = FILES.filter((file) => readIfThere(path.join(services.root, file)) !== text);
  if (!write) return stale.map((file) => `${file} is out of date: npm run law -- --write`);
  for (const file of stale) fs.writeFileSync(path.join(services.root, file), text);
  return [];
}

const readIfThere = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');

/** `{ asks, queues, hears }` of every service: contracts it asks, jobs it queues, contexts whose events it handles. */
async function trafficOf(services, calls) {
  const { contexts } = await import('@earmark/contracts');
  const asked = contractsAsked(calls);
  const [queued, heard] = [new Map(), new Map()];
  const add = (map, app, value) => value && map.set(app, new Set([...(map.get(app) ?? []), value]));
  for (const file of services.files) {
    const app = services.appOf(file);
    visitCalls(file, (call) => {
      if (isJobRequest(services, call)) add(queued, app, contractName(services, call.expression.expression));
      if (ts.isDecorator(call.parent) && call.expression.getText() === 'HandlesEvent')
        add(heard, app, contractName(services, call.arguments[0])?.split('.')[0]);
    });
  }
  const sorted = (map, app) => [...(map.get(app) ?? [])].sort();
  return Object.fromEntries(contexts.map((app) => [app, { asks: asked[app] ?? [], queues: sorted(queued, app), hears: sorted(heard, app) }])); // prettier-ignore
}

function visitCalls(node, visit) {
  if (ts.isCallExpression(node)) visit(node);
  ts.forEachChild(node, (child) => visitCalls(child, visit));
}

/** `processAudio.request(…)`: the message that puts a job into the queue. */
function isJobRequest(services, call) {
  if (!ts.isPropertyAccessExpression(call.expression) || call.expression.name.text !== 'request') return false;
  const declaration = services.declarationOf(call);
  return declaration !== undefined && ownerName(declaration) === 'JobContract';
}

function contractName(services, expression) {
  return nameOf(services.resolve(services.checker.getSymbolAtLocation(expression))?.declarations?.[0]);
}
