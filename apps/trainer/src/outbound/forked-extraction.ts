import { LearningProcess } from './learning-process.js';

/** Computes features in a learning process, which starts with the first file. */
export class ForkedExtraction {
  #process: LearningProcess | undefined;

  constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly signal: AbortSignal,
  ) {}

  /** From a canonical WAV file to a feature file. Throws audio_not_ready when the audio cannot be read. */
  async extract(wavPath: string, featurePath: string): Promise<void> {
    this.#process ??= new LearningProcess({ env: this.env, signal: this.signal });
    const task = { kind: 'extract', wavPath, featurePath } as const;
    await this.#process.run(task, (message) => (message.kind === 'extracted' ? true : undefined));
  }

  close(): void {
    this.#process?.kill();
  }
}
