/** Which models a worker holds, least recently used first; decided here, obeyed by the worker. */
export class WarmModels {
  private readonly keys = new Set<string>();

  constructor(private readonly capacity: number) {}

  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** Notes a use; returns the models that have to go for it. */
  use(key: string): string[] {
    this.keys.delete(key);
    this.keys.add(key);
    const evicted = [...this.keys].slice(0, Math.max(0, this.keys.size - this.capacity));
    for (const old of evicted) this.keys.delete(old);
    return evicted;
  }

  /** Forgets a model that failed to load. */
  forget(key: string): void {
    this.keys.delete(key);
  }
}
