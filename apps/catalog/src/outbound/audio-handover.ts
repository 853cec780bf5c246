import { fillAudioLabels } from '@earmark/contracts/ingest/rpcs';
import type { RpcClient } from '@earmark/messaging';
import { sqlOf, type Sql } from '@earmark/service-kit';
import type { AudioHandover, LabelToHand, SetAddress } from '../ports.js';
import type { CatalogUnitOfWork } from './client.js';

/** Reads the tables that the migration filled, and tells ingest. */
export class RpcAudioHandover implements AudioHandover {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: CatalogUnitOfWork; rpc: RpcClient }) {
    this.#sql = sqlOf(ports.uow);
  }

  labels(limit: number): Promise<LabelToHand[]> {
    return this.#sql.query<LabelToHand>(
      `SELECT tenant_id AS "tenantId", audio_file_id AS "audioFileId", speaker, source FROM label_to_hand
       WHERE tenant_id = (SELECT tenant_id FROM label_to_hand LIMIT 1) LIMIT $1::int`,
      limit,
    );
  }

  async hand(labels: readonly LabelToHand[]): Promise<void> {
    const [first] = labels;
    if (first === undefined) return;
    const wire = labels.map(({ audioFileId, speaker, source }) => ({ audioFileId, speaker, source }));
    await this.ports.rpc.ask(fillAudioLabels, { tenantId: first.tenantId, labels: wire });
  }

  async forgetLabels(audioFileIds: readonly string[]): Promise<void> {
    await this.#sql.execute('DELETE FROM label_to_hand WHERE audio_file_id = ANY($1::uuid[])', audioFileIds);
  }

  sets(limit: number): Promise<(SetAddress & { fileIds: string[] })[]> {
    return this.#sql.query<SetAddress & { fileIds: string[] }>(
      `SELECT s.tenant_id AS "tenantId", s.dataset_id AS "datasetId", s.annotation_set_id AS "annotationSetId",
              ARRAY(SELECT f.audio_file_id FROM published_file f
                    WHERE f.annotation_set_id = s.annotation_set_id AND f.tenant_id = s.tenant_id) AS "fileIds"
       FROM set_to_pin s ORDER BY s.annotation_set_id LIMIT $1::int`,
      limit,
    );
  }

  async forgetSet(annotationSetId: string): Promise<void> {
    await this.#sql.execute('DELETE FROM set_to_pin WHERE annotation_set_id = $1::uuid', annotationSetId);
  }
}
