import type { InferencePool } from '@earmark/onnx-runtime';
import type { OnApplicationShutdown } from '@nestjs/common';

/** Ends the worker threads with the service. */
export class PoolOwner implements OnApplicationShutdown {
  constructor(private readonly pool: Pick<InferencePool, 'close'>) {}

  onApplicationShutdown(): Promise<void> {
    return this.pool.close();
  }
}
