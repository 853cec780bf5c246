import fs from 'node:fs/promises';
import path from 'node:path';
import { DataFiles } from './data-files.js';
import { lockDirectory } from './directory-lock.js';
import { Journal, type OpenFile } from './journal.js';
import { S3Error } from './s3-error.js';
import { type Bucket, type Entry, type ObjectRecord, type OpenUpload, type Segment, State } from './state.js';

/** Rewriting pays when the journal has this many more lines than it needs. */
const SPARE_LINES = 10_000;

interface Transaction {
  /** What it touches; two transactions that share one never wait for the same fsync. `*` excludes all others. */
  readonly scopes: readonly string[];
  readonly prepare: () => readonly Entry[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Buckets, objects and uploads in a directory: a journal of what happened and files of bytes.
 *
 * A change is seen by readers only when it is on the disk. Many changes share one fsync.
 */
export class ObjectStore {
  readonly #state: State;
  readonly #queue: Transaction[] = [];
  #writing: Promise<void> | undefined;

  private constructor(
    readonly files: DataFiles,
    private readonly journal: Journal<readonly Entry[]>,
    state: State,
    private readonly unlock: () => Promise<void>,
  ) {
    this.#state = state;
  }

  /** Opens a directory (creating it), removes what a kill left; throws when another server works in it. */
  static async open(dir: string, openFile?: OpenFile): Promise<ObjectStore> {
    const dataDir = path.join(dir, 'data');
    await fs.mkdir(dataDir, { recursive: true });
    const unlock = await lockDirectory(dir);
    try {
      const state = new State();
      const journal = await Journal.open<readonly Entry[]>(
        path.join(dir, 'journal.ndjson'),
        (entries) => replay(state, entries),
        openFile,
      );
      const history = [...state.history()];
      if (journal.lines > history.length + SPARE_LINES) await journal.rewrite(history.map((entry) => [entry]));
      const files = new DataFiles(dataDir, openFile);
      await files.sweep(state.files());
      return new ObjectStore(files, journal, state, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  get buckets(): ReadonlyMap<string, Bucket> {
    return this.#state.buckets;
  }

  get uploads(): ReadonlyMap<string, OpenUpload> {
    return this.#state.uploads;
  }

  bucket(name: string): Bucket {
    const bucket = this.#state.buckets.get(name);
    if (!bucket) throw new S3Error('NoSuchBucket');
    return bucket;
  }

  object(bucket: string, key: string): ObjectRecord {
    const object = this.bucket(bucket).objects.get(key);
    if (!object) throw new S3Error('NoSuchKey');
    return object;
  }

  upload(id: string, bucket: string, key: string): OpenUpload {
    const upload = this.#state.uploads.get(id);
    if (upload?.bucket !== bucket || upload.key !== key) throw new S3Error('NoSuchUpload');
    return upload;
  }

  /**
   * Makes a change durable. `prepare` sees the state that the change starts from: it checks the conditions there and answers
   * the entries, or throws, and then nothing happens.
   */
  commit(scopes: readonly string[], prepare: () => readonly Entry[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ scopes, prepare, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** As {@link commit}, for a change that names files just written: they are removed when it does not happen. */
  async commitWith(files: readonly Segment[], scopes: readonly string[], prepare: () => readonly Entry[]): Promise<void> {
    try {
      await this.commit(scopes, prepare);
    } catch (error) {
      await this.files.drop(files.map(({ file }) => file));
      throw error;
    }
  }

  /** Waits for what is being written and lets the directory go. */
  async close(): Promise<void> {
    await this.#writing;
    await this.journal.close();
    await this.unlock();
  }

  async #writeAll(): Promise<void> {
    // A turn of the event loop, so that changes that arrive together are written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#writeBatch(this.#takeBatch());
    this.#writing = undefined; // in the same turn as the check above: nobody can queue in between and be forgotten
  }

  #takeBatch(): Transaction[] {
    const touched = new Set<string>();
    let count = 0;
    for (const { scopes } of this.#queue) {
      const exclusive = scopes.includes('*');
      if (count > 0 && (exclusive || scopes.some((scope) => touched.has(scope)))) break;
      for (const scope of scopes) touched.add(scope);
      count += 1;
      if (exclusive) break;
    }
    return this.#queue.splice(0, count);
  }

  async #writeBatch(batch: readonly Transaction[]): Promise<void> {
    const prepared = batch.flatMap((transaction) => {
      try {
        return [{ transaction, entries: transaction.prepare() }];
      } catch (error) {
        transaction.reject(error);
        return [];
      }
    });
    const lines = prepared.map(({ entries }) => entries).filter((entries) => entries.length > 0);
    try {
      if (lines.length > 0) {
        await this.files.syncNames();
        await this.journal.append(lines);
      }
    } catch (error) {
      for (const { transaction } of prepared) transaction.reject(error);
      return;
    }
    for (const { transaction, entries } of prepared) {
      await this.files.drop(replay(this.#state, entries));
      transaction.resolve();
    }
  }
}

/** Applies entries that happened together; a file that one lets go and another keeps (a part that became an object) stays. */
function replay(state: State, entries: readonly Entry[]): string[] {
  const released = entries.flatMap((entry) => state.apply(entry));
  const kept = new Set(entries.flatMap((entry) => (entry.do === 'put' ? entry.object.segments.map(({ file }) => file) : [])));
  return released.filter((file) => !kept.has(file));
}
