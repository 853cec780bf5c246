import 'reflect-metadata';
import { runService } from '@earmark/messaging/nest';
import { parseConfig } from '@earmark/service-kit';
import { ingestModule } from './app.module.js';
import { ingestEnv } from './config.js';

const config = parseConfig(ingestEnv);
await runService({ context: 'ingest', module: ingestModule(config), config });
