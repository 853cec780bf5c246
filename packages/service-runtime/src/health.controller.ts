import { metrics } from '@earmark/service-kit';
import { Controller, Get, Header, HttpException, Inject } from '@nestjs/common';
import { ServiceRuntime } from './service-runtime.js';

/** Probes for the supervisor and metrics for Prometheus. */
@Controller()
export class HealthController {
  constructor(@Inject(ServiceRuntime) private readonly runtime: ServiceRuntime) {}

  /** The process runs its event loop. */
  @Get('health/live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Database, NATS and streams are there, and the process is not stopping. */
  @Get('health/ready')
  async ready(): Promise<{ status: string }> {
    const checks = await this.runtime.readiness();
    const ready = Object.values(checks).every((ok) => ok);
    const body = { status: ready ? 'ok' : 'unavailable', checks };
    if (!ready) throw new HttpException(body, 503);
    return body;
  }

  @Get('metrics')
  @Header('content-type', metrics.contentType)
  metrics(): Promise<string> {
    return metrics.text();
  }
}
