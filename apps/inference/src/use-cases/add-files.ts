import { Problem, type Transition } from '@earmark/contracts';
import type { AudioFacts } from '@earmark/contracts/ingest/rpcs';
import type { Clock, IdSource } from '@earmark/service-kit';
import { queueFile, reserveFile, type AudioOutcome, type InferenceFile } from '../domain/inference-file.js';
import { requireOpen, type InferenceJob } from '../domain/inference-job.js';
import type { AudioDirectory, FileStore, JobStore, Transactions, UploadRequest, UploadTicket } from '../ports.js';
import { requireFile, requireJob } from './find-or-refuse.js';
import { settle } from './settle.js';

interface Ports {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly audio: AudioDirectory;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** What ingest's facts mean here. */
export function outcomeOf(facts: AudioFacts): AudioOutcome {
  const { status, sha256, durationMs, errorCode, errorMessage } = facts;
  if (status === 'ready' && sha256 !== null && durationMs !== null) return { kind: 'ready', sha256, durationMs };
  if (status !== 'failed') return { kind: 'waiting' };
  return { kind: 'failed', code: errorCode ?? 'undecodable', message: errorMessage ?? 'The audio could not be used.' };
}

/** Reserves a file of a job and a place to upload it to. */
export class ReserveInferenceFile {
  constructor(private readonly ports: Ports) {}

  async execute(
    jobId: string,
    upload: Omit<UploadRequest, 'audioFileId'>,
  ): Promise<{ file: InferenceFile; ticket: UploadTicket }> {
    const { jobs, files, audio, clock, ids } = this.ports;
    const { tenantId, filename } = upload;
    requireOpen(requireJob(await jobs.find(tenantId, jobId)));
    const audioFileId = ids.next();
    const ticket = await audio.reserve({ ...upload, audioFileId });
    const reserved = reserveFile(
      { id: ids.next(), tenantId, jobId, audioFileId, ownsAudio: true, originalFilename: filename, s3Key: ticket.key },
      clock.now(),
    );
    await files.save(reserved);
    return { file: reserved.next, ticket };
  }
}

/** Confirms an uploaded file; confirming again answers the file as it is. */
export class ConfirmInferenceFile {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, jobId: string, fileId: string): Promise<{ job: InferenceJob; file: InferenceFile }> {
    const { jobs, files, audio, transactions } = this.ports;
    const known = requireJob(await jobs.find(tenantId, jobId));
    const reserved = requireFile(await files.find(tenantId, jobId, fileId));
    if (reserved.status !== 'pending') return { job: known, file: reserved };
    requireOpen(known);
    const facts = await audio.confirm(tenantId, reserved.audioFileId);
    return transactions.transaction(async () => {
      const job = requireJob(await jobs.lock(tenantId, jobId));
      requireOpen(job);
      const file = requireFile(await files.lock(tenantId, fileId));
      if (file.status !== 'pending') return { job, file };
      const queued = queueFile(file, job.modelId, this.#newest(file, facts), this.ports.clock.now());
      await files.save(queued);
      await settle(this.ports, job, [{ before: file, after: queued.next }]);
      return { job, file: queued.next };
    });
  }

  /** The announcement of the audio may have been faster than the answer to our confirmation. */
  #newest({ sha256, durationMs }: InferenceFile, facts: AudioFacts): AudioOutcome {
    return sha256 !== null && durationMs !== null ? { kind: 'ready', sha256, durationMs } : outcomeOf(facts);
  }
}

/** Adds audio that ingest already holds, without a second upload; it is pinned until the job is finished. */
export class AddDatasetAudio {
  constructor(private readonly ports: Ports) {}

  async execute(
    tenantId: string,
    jobId: string,
    audioFileIds: readonly string[],
  ): Promise<{ job: InferenceJob; files: InferenceFile[] }> {
    const { jobs, audio, ids } = this.ports;
    requireOpen(requireJob(await jobs.find(tenantId, jobId)));
    const claimId = ids.next();
    try {
      const found = await audio.pin({ tenantId, jobId }, claimId, audioFileIds);
      const facts = audioFileIds.map((id) => requireFacts(found, id));
      return await this.#addAll(tenantId, jobId, facts);
    } catch (error) {
      await audio.unpin({ tenantId, jobId }, claimId);
      throw error;
    }
  }

  #addAll(tenantId: string, jobId: string, facts: readonly AudioFacts[]): Promise<{ job: InferenceJob; files: InferenceFile[] }> {
    const { jobs, files, transactions } = this.ports;
    return transactions.transaction(async () => {
      const job = requireJob(await jobs.lock(tenantId, jobId));
      requireOpen(job);
      const added = facts.map((one) => this.#added(job, one));
      await files.add(added);
      await settle(
        this.ports,
        job,
        added.map(({ next }) => ({ before: null, after: next })),
      );
      return { job, files: added.map(({ next }) => next) };
    });
  }

  #added(job: InferenceJob, facts: AudioFacts): Transition<InferenceFile> {
    const { clock, ids } = this.ports;
    const { audioFileId, originalFilename } = facts;
    const whose = { tenantId: job.tenantId, jobId: job.id, audioFileId, ownsAudio: false };
    const reserved = reserveFile({ id: ids.next(), ...whose, originalFilename, s3Key: audioFileId }, clock.now());
    return queueFile(reserved.next, job.modelId, outcomeOf(facts), clock.now());
  }
}

function requireFacts(found: ReadonlyMap<string, AudioFacts>, id: string): AudioFacts {
  const facts = found.get(id);
  if (facts) return facts;
  throw new Problem('audio_file_not_found', `There is no audio file ${id}.`);
}
