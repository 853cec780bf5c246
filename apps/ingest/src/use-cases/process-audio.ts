import { contradictsContent } from '@earmark/audio-files';
import { Problem, type AudioErrorCode, type Transition } from '@earmark/contracts';
import { done, keepAlive, later, skipped, type Clock, type LeaseHolder, type Outcome, type Work } from '@earmark/service-kit';
import {
  isFinished,
  markFailed,
  markReady,
  needsFeatures,
  startEmbedding,
  startNormalizing,
  type AudioFile,
  type ContentFacts,
} from '../domain/audio-file.js';
import type {
  AudioDecoder,
  AudioFileStore,
  AudioObjects,
  ContentStore,
  FeatureCache,
  FileLeases,
  SpooledUpload,
  Transactions,
} from '../ports.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly leases: FileLeases;
  readonly contents: ContentStore;
  readonly objects: AudioObjects;
  readonly decoder: AudioDecoder;
  readonly features: FeatureCache;
  readonly transactions: Transactions;
  readonly clock: Clock;
  /** How long a worker owns a file without a sign of life. */
  readonly leaseMs: number;
}

const OPEN = ['pending', 'normalizing', 'embedding'];

/** Why a file cannot be used. */
interface Verdict {
  readonly code: AudioErrorCode;
  readonly message: string;
}

/**
 * Verifies, decodes and normalises one file. Bytes that this tenant has uploaded before are not decoded again. Every step may be
 * repeated: objects are named by content, rows are fenced by the lease.
 */
export class ProcessAudio {
  constructor(private readonly ports: Ports) {}

  async execute({ tenantId, audioFileId }: { tenantId: string; audioFileId: string }, work: Work): Promise<Outcome> {
    const { files, leases, leaseMs: ttlMs } = this.ports;
    const file = await files.find(tenantId, audioFileId);
    if (!file || isFinished(file) || file.confirmedAt === null) return skipped('the file is gone or done');
    const lease = await leases.claim(file.id, { owner: work.owner, ttlMs, statuses: OPEN });
    if (lease === null) return later((await leases.expiresInMs(file.id)) ?? 1_000);
    const holder = { owner: work.owner, epoch: lease.epoch };
    const kept = keepAlive(leases, file.id, { ...holder, ttlMs }, work.signal);
    try {
      return await new Processing(this.ports, holder, kept.signal).run(tenantId, audioFileId);
    } catch (error) {
      const isLost = error instanceof Problem && error.code === 'lease_lost';
      if (isLost && (await files.find(tenantId, audioFileId)) === null) return skipped('the file was deleted meanwhile');
      throw error;
    } finally {
      kept.stop();
      await leases.release(file.id, holder);
    }
  }
}

/** One claim on one file. */
class Processing {
  constructor(
    private readonly ports: Ports,
    private readonly holder: LeaseHolder,
    private readonly signal: AbortSignal,
  ) {}

  async run(tenantId: string, audioFileId: string): Promise<Outcome> {
    const { files, objects } = this.ports;
    const claimed = await files.find(tenantId, audioFileId);
    if (!claimed || isFinished(claimed)) return skipped('the file is gone or done');
    const file = await this.#save(startNormalizing(claimed));
    const upload = await objects.spool(file, this.signal);
    if (upload === null)
      return this.#fail(file, { code: 'empty', message: 'The uploaded file is no longer in storage; upload it again.' });
    try {
      return await this.#process(file, upload);
    } finally {
      await upload.dispose();
    }
  }

  async #process(file: AudioFile, upload: SpooledUpload): Promise<Outcome> {
    if (file.declaredSha256 !== null && file.declaredSha256 !== upload.sha256) {
      const message = `The uploaded bytes have the SHA-256 ${upload.sha256}, not the announced one.`;
      return this.#fail(file, { code: 'hash_mismatch', message });
    }
    const adopted = await this.#adopt(file, upload);
    await this.ports.objects.keepOriginal(adopted, upload);
    const facts = (await this.#known(adopted, upload)) ?? (await this.#decode(adopted, upload));
    if ('code' in facts) return this.#fail(adopted, facts);
    return this.#finish(adopted, upload, facts);
  }

  /** From here on the collector sees that the content is in use. */
  async #adopt(file: AudioFile, { sha256 }: SpooledUpload): Promise<AudioFile> {
    const { contents, transactions, clock } = this.ports;
    return transactions.transaction(async () => {
      await contents.hold(file.tenantId, sha256, clock.now());
      return this.#save(startNormalizing(file, sha256));
    });
  }

  /** What an earlier upload of the same bytes taught. */
  async #known({ tenantId }: AudioFile, { sha256 }: SpooledUpload): Promise<ContentFacts | null> {
    const { contents, objects } = this.ports;
    const facts = await contents.facts(tenantId, sha256);
    return facts !== null && (await objects.hasCanonical({ tenantId, sha256 })) ? facts : null;
  }

  async #decode(file: AudioFile, upload: SpooledUpload): Promise<ContentFacts | Verdict> {
    const { contents, objects, decoder, clock } = this.ports;
    const { tenantId } = file;
    const place = { tenantId, sha256: upload.sha256 };
    const decoded = await decoder.decode(upload.path, this.signal);
    if (decoded.outcome === 'rejected') return { code: decoded.code, message: decoded.message };
    try {
      await objects.putCanonical(place, decoded.canonicalPath);
      const peaks = await objects.putPeaks(place, decoded.peaksPath);
      await contents.saveFacts(tenantId, upload.sha256, decoded.facts, peaks, clock.now());
      return decoded.facts;
    } finally {
      await decoded.dispose();
    }
  }

  async #finish(file: AudioFile, { sha256 }: SpooledUpload, facts: ContentFacts): Promise<Outcome> {
    const { features, clock } = this.ports;
    const embedding = await this.#save(startEmbedding(file));
    if (needsFeatures(file)) await features.ensure({ tenantId: file.tenantId, sha256 }, this.signal);
    const { originalFilename: filename, contentType } = file;
    const mismatch = contradictsContent({ filename, contentType }, facts.container);
    const warnings = [...facts.warnings, ...(mismatch ? ['extension_mismatch'] : [])];
    return this.#end(markReady(embedding, facts, warnings, clock.now()));
  }

  #fail(file: AudioFile, { code, message }: Verdict): Promise<Outcome> {
    return this.#end(markFailed(file, code, message, this.ports.clock.now()));
  }

  async #end(transition: Transition<AudioFile>): Promise<Outcome> {
    const finished = await this.#save(transition);
    // A failed file whose bytes were never kept stays where the client put it, so that it can be looked at.
    if (finished.sha256 !== null) await this.ports.objects.removeUpload(finished);
    return done();
  }

  async #save(transition: Transition<AudioFile>): Promise<AudioFile> {
    this.signal.throwIfAborted();
    await this.ports.files.save(transition, this.holder);
    return transition.next;
  }
}
