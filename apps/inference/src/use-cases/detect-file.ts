import { Problem } from '@earmark/contracts';
import { done, keepAlive, later, skipped, type Clock, type LeaseHolder, type Outcome, type Work } from '@earmark/service-kit';
import { completeFile, failFile, startFile, type InferenceFile } from '../domain/inference-file.js';
import type { InferenceJob } from '../domain/inference-job.js';
import { decodeScores, encodeScores, type Scores } from '../domain/score-codec.js';
import type { AudioDirectory, Detector, FileLeases, FileStore, JobStore, ScoreStore, Transactions } from '../ports.js';
import { outcomeOf } from './add-files.js';
import type { FollowAudio } from './follow-audio.js';
import { settle } from './settle.js';

interface Ports {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly leases: FileLeases;
  readonly audio: AudioDirectory;
  readonly scores: ScoreStore;
  readonly detector: Detector;
  readonly follow: FollowAudio;
  readonly transactions: Transactions;
  readonly clock: Clock;
  /** How long a worker owns a file without a sign of life. */
  readonly leaseMs: number;
}

const STATUSES = ['queued', 'processing'];

/** Searches one file: scores it (or takes stored scores), makes detections, and brings its job up to date. */
export class DetectFile {
  constructor(private readonly ports: Ports) {}

  async execute({ tenantId, inferenceFileId }: { tenantId: string; inferenceFileId: string }, work: Work): Promise<Outcome> {
    const { files, leases, leaseMs: ttlMs } = this.ports;
    const file = await files.findById(tenantId, inferenceFileId);
    if (!file || !STATUSES.includes(file.status)) return skipped('the file is gone or done');
    if (file.sha256 === null) return this.#askForAudio(file);
    const lease = await leases.claim(file.id, { owner: work.owner, ttlMs, statuses: STATUSES });
    if (lease === null) return later((await leases.expiresInMs(file.id)) ?? 1_000);
    const holder = { owner: work.owner, epoch: lease.epoch };
    const kept = keepAlive(leases, file.id, { ...holder, ttlMs }, work.signal);
    try {
      return await this.#search(file, holder, kept.signal);
    } catch (error) {
      const isLost = error instanceof Problem && error.code === 'lease_lost';
      const left = isLost ? await files.findById(tenantId, file.id) : file;
      if (!left || !STATUSES.includes(left.status)) return skipped('the job was cancelled meanwhile');
      throw error;
    } finally {
      kept.stop();
      await leases.release(file.id, holder);
    }
  }

  /** The announcement of the audio is not here yet: ask ingest, in case it was lost. */
  async #askForAudio(file: InferenceFile): Promise<Outcome> {
    const { audio, follow } = this.ports;
    const facts = (await audio.find(file.tenantId, [file.audioFileId])).get(file.audioFileId);
    const outcome = facts
      ? outcomeOf(facts)
      : ({ kind: 'failed', code: 'audio_deleted', message: 'The audio was deleted before it was searched.' } as const);
    // The file is there to be seen by now, so the announcement will find it; until then nothing needs to be asked again.
    if (outcome.kind === 'waiting') return skipped('the audio is still being processed');
    await follow.tell(file.tenantId, file.jobId, file.id, outcome);
    return done();
  }

  async #search(claimed: InferenceFile, holder: LeaseHolder, signal: AbortSignal): Promise<Outcome> {
    const { files, jobs } = this.ports;
    const file = await files.findById(claimed.tenantId, claimed.id);
    const job = await jobs.find(claimed.tenantId, claimed.jobId);
    if (!file || !job || !STATUSES.includes(file.status)) return skipped('the job was cancelled');
    const started = file.status === 'processing' ? file : await this.#start(file, holder);
    try {
      const { scoresKey, scores } = await this.#scores(job, started, holder, signal);
      const detections = await this.ports.detector.detect(job.onnx, scores, started.durationMs ?? 0, job.config);
      const isKept = await this.#finish(job, started, holder, (now, at) =>
        completeFile(now, job.modelId, { scoresKey, detections }, at),
      );
      // The job was cancelled, or its organisation deleted: nobody else knows of scores that this run has stored.
      if (!isKept && started.scoresKey === null) await this.ports.scores.remove(scoresKey);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind.retryable || error.code === 'lease_lost' || signal.aborted) throw error;
      await this.#finish(job, started, holder, (now, at) => failFile(now, job.modelId, error.code, error.detail, at));
    }
    return done();
  }

  async #start(file: InferenceFile, holder: LeaseHolder): Promise<InferenceFile> {
    const started = startFile(file);
    await this.ports.files.save(started, holder);
    return started.next;
  }

  /** What was stored is what is thresholded, now and later. */
  async #scores(
    job: InferenceJob,
    file: InferenceFile,
    holder: LeaseHolder,
    signal: AbortSignal,
  ): Promise<{ scoresKey: string; scores: Scores }> {
    const { scores, detector } = this.ports;
    if (file.scoresKey !== null) return { scoresKey: file.scoresKey, scores: await scores.get(file.scoresKey) };
    const fresh = await detector.score(job.onnx, { tenantId: file.tenantId, sha256: file.sha256 ?? '' }, signal);
    const place = { tenantId: file.tenantId, jobId: job.id, fileId: file.id, leaseEpoch: holder.epoch };
    return { scoresKey: await scores.put(place, fresh), scores: decodeScores(encodeScores(fresh)) };
  }

  /** False when the file is not to be finished any more. */
  async #finish(
    { tenantId, id }: InferenceJob,
    file: InferenceFile,
    holder: LeaseHolder,
    end: (file: InferenceFile, at: Date) => ReturnType<typeof completeFile>,
  ): Promise<boolean> {
    const { jobs, files, transactions, clock } = this.ports;
    return transactions.transaction(async () => {
      const job = await jobs.lock(tenantId, id);
      const now = await files.lock(tenantId, file.id);
      if (!job || !now || !STATUSES.includes(now.status)) return false;
      const ended = end(now, clock.now());
      await files.save(ended, holder);
      await settle(this.ports, job, [{ before: now, after: ended.next }]);
      return true;
    });
  }
}
