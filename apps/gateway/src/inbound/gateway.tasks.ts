import { RunsEvery } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { AdmitCall } from '../use-cases/admit-call.js';
import { ApplyRetention } from '../use-cases/apply-retention.js';
import { RecordAudit } from '../use-cases/record-audit.js';
import { RecordKeyUse } from '../use-cases/record-key-use.js';

const MINUTE_MS = 60_000;

/** What gateways do by themselves: each stores what it has collected in memory, one of them deletes what was kept long enough. */
@Injectable()
export class GatewayTasks {
  constructor(
    private readonly admitCall: AdmitCall,
    private readonly recordAudit: RecordAudit,
    private readonly recordKeyUse: RecordKeyUse,
    private readonly applyRetention: ApplyRetention,
  ) {}

  @RunsEvery({ name: 'audit entries', everyMs: 1_000, onEveryReplica: true })
  storeAudit(): Promise<void> {
    return this.recordAudit.flush();
  }

  @RunsEvery({ name: 'refusals and use of keys', everyMs: MINUTE_MS, onEveryReplica: true, atStop: true })
  async storeCounts(): Promise<void> {
    this.admitCall.dropOldBudgets();
    this.recordAudit.collectRefusals();
    await Promise.all([this.recordAudit.flush(), this.recordKeyUse.flush()]);
  }

  @RunsEvery({ name: 'retention', everyMs: 60 * MINUTE_MS })
  deleteOld(): Promise<void> {
    return this.applyRetention.execute();
  }
}
