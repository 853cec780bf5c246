/** Waiting that someone may cut short. */
export class WakeUp {
  #resolve: (() => void) | undefined;
  #isDue = false;
  readonly #onAbort = (): void => this.wake();

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', this.#onAbort);
  }

  /** Ends the wait in progress, or the next one at once. */
  wake(): void {
    this.#isDue = true;
    this.#resolve?.();
  }

  /** Waits at most `ms`, less when woken or when the signal aborts. */
  async within(ms: number): Promise<void> {
    if (!this.#isDue && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isDue = false;
    this.#resolve = undefined;
  }

  end(): void {
    this.signal.removeEventListener('abort', this.#onAbort);
  }
}
