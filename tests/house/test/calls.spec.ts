import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { at } from '../src/repository.js';

interface RemoteCall {
  readonly from: string;
  readonly to?: string;
  readonly name?: string;
}
interface Law {
  readonly ServiceProgram: new (root: string) => object;
  readonly remoteCalls: (services: object) => RemoteCall[];
  readonly callOffences: (calls: RemoteCall[]) => string[];
  readonly drawCalls: (calls: RemoteCall[]) => string;
  readonly transactionOffences: (services: object) => string[];
}

const parts = ['program', 'calls', 'transactions'].map((name) => import(pathToFileURL(at(`tools/law/${name}.mjs`)).href));
const law = Object.assign({}, ...((await Promise.all(parts)) as object[])) as Law;

/** An outbound adapter of `app` that asks the contract `name` of `context`. */
const asking = (context: string, contract: string): string => `
  import { RpcClient } from '@earmark/messaging';
  import { defineRpc } from '@earmark/contracts';
  import { z } from 'zod';
  const ${contract} = defineRpc({ name: '${context}.find-things', summary: '', request: z.object({}), response: z.object({}), timeoutMs: 1 });
  import type { Things } from '../ports.js';
  export class RpcThings implements Things {
    constructor(private readonly rpc: RpcClient) {}
    async find() { await this.rpc.ask(${contract}, {} as never); }
  }`;
const ports =
  'export interface Things { find(): Promise<void> }\nexport interface Transactions { transaction<T>(work: () => Promise<T>): Promise<T> }';
const useCase = (body: string): string => `
  import type { Things, Transactions } from '../ports.js';
  export class UseThings {
    constructor(private readonly ports: { things: Things; transactions: Transactions }) {}
    async execute() { ${body} }
    async #look() { await this.ports.things.find(); }
  }`;

describe('the law on calls between services', () => {
  let root = '';

  function plant(files: Record<string, string>): object {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-calls-')));
    fs.symlinkSync(at('node_modules'), path.join(root, 'node_modules'));
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), text);
    }
    return new law.ServiceProgram(root);
  }
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it('draws calls downward and lets them pass', () => {
    const calls = law.remoteCalls(
      plant({ 'apps/catalog/src/ports.ts': ports, 'apps/catalog/src/outbound/rpc-things.ts': asking('ingest', 'findThings') }),
    );
    expect(calls).toMatchObject([{ from: 'catalog', to: 'ingest', name: 'ingest.find-things' }]);
    expect(law.callOffences(calls)).toEqual([]);
    expect(law.drawCalls(calls)).toContain('catalog -->|findThings| ingest');
  });

  it('fails on a circle', () => {
    const calls = law.remoteCalls(
      plant({
        'apps/catalog/src/ports.ts': ports,
        'apps/catalog/src/outbound/rpc-things.ts': asking('ingest', 'findThings'),
        'apps/ingest/src/ports.ts': ports,
        'apps/ingest/src/outbound/rpc-things.ts': asking('catalog', 'askBack'),
      }),
    );
    expect(law.callOffences(calls)).toEqual([
      expect.stringContaining('ingest asks catalog (askBack)'),
      'Services ask each other in a circle: catalog → ingest → catalog.',
    ]);
  });

  it.each([
    ['directly', 'await this.ports.transactions.transaction(() => this.ports.things.find());', 1],
    ['through a method', 'await this.ports.transactions.transaction(async () => { await this.#look(); });', 1],
    ['before it opens', 'await this.#look(); await this.ports.transactions.transaction(async () => undefined);', 0],
  ])('sees a port of another service used %s inside a transaction', (_, body, offences) => {
    const services = plant({
      'apps/trainer/src/ports.ts': ports,
      'apps/trainer/src/outbound/rpc-things.ts': asking('catalog', 'findThings'),
      'apps/trainer/src/use-cases/use-things.ts': useCase(body),
    });
    expect(law.transactionOffences(services)).toHaveLength(offences);
  });

  it('sees an event handler, which runs in the transaction of its inbox', () => {
    const services = plant({
      'apps/trainer/src/ports.ts': ports,
      'apps/trainer/src/outbound/rpc-things.ts': asking('catalog', 'findThings'),
      'apps/trainer/src/inbound/thing.events.ts': `
        import type { Things } from '../ports.js';
        declare function HandlesEvent(contract: string): MethodDecorator;
        export class ThingEvents {
          constructor(private readonly things: Things) {}
          @HandlesEvent('x') async onThing() { await this.things.find(); }
        }`,
    });
    expect(law.transactionOffences(services)).toHaveLength(1);
  });
});
