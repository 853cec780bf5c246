// A stand-in for catalog: datasets in memory, as many as a spec needs to see what arrives behind the gateway.
import { randomUUID } from 'node:crypto';
import { Problem, type CallContext } from '@earmark/contracts';
import { findDataset } from '@earmark/contracts/catalog/rpcs';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { answer, type Responder } from '@earmark/messaging';

type Connection = Parameters<typeof answer>[0];

export class StandInCatalog {
  readonly #datasets = new Map<string, string>();
  readonly #responders: Responder[];
  /** Contexts of the calls that arrived, oldest first. */
  readonly contexts: CallContext[] = [];

  constructor(connection: Connection) {
    this.#responders = [
      answer(connection, routes.createDataset, ({ context, body }) => {
        this.contexts.push(context);
        return { body: this.#add(context.tenantId, body.name), etag: '1' };
      }),
      answer(connection, routes.readDataset, ({ context, params }) => {
        this.contexts.push(context);
        return { body: this.#view(context.tenantId, params.dataset_id), etag: '7' };
      }),
      answer(connection, routes.changeDataset, ({ context, params }) => {
        this.contexts.push(context);
        if (context.ifMatch !== null && context.ifMatch !== '7')
          throw new Problem('precondition_failed', 'The dataset has changed.');
        return { body: this.#view(context.tenantId, params.dataset_id), etag: '8' };
      }),
      answer(connection, routes.deleteDataset, ({ context, params }) => {
        this.#view(context.tenantId, params.dataset_id);
        return { body: {} };
      }),
      answer(connection, routes.listDatasets, ({ context, query }) => {
        const items = [...this.#datasets].filter(([, tenantId]) => tenantId === context.tenantId).map(([id]) => view(id, 'TTS'));
        return { body: { items, total: items.length, page: query.page, page_size: query.page_size, next_cursor: null } };
      }),
      answer(connection, findDataset, ({ tenantId, datasetId }) => {
        const { name } = this.#view(tenantId, datasetId);
        return { datasetId, name, artifactTypes: ['glitch'] };
      }),
    ];
  }

  /** A dataset that is there already. */
  add(tenantId: string): string {
    return this.#add(tenantId, 'TTS').id;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#responders.map((responder) => responder.stop()));
  }

  #add(tenantId: string, name: string) {
    const id = randomUUID();
    this.#datasets.set(id, tenantId);
    return view(id, name);
  }

  #view(tenantId: string, id: string) {
    if (this.#datasets.get(id) !== tenantId) throw new Problem('dataset_not_found', 'There is no dataset with this id.');
    return view(id, 'TTS');
  }
}

const view = (id: string, name: string) => ({
  id,
  name,
  description: null,
  artifact_types: [],
  audio_count: 0,
  annotation_set_count: 0,
  created_at: '2026-01-02T03:04:05.000Z',
  updated_at: '2026-01-02T03:04:05.000Z',
  warnings: [],
});
