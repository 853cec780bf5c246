import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { parseConfig } from '@earmark/service-kit';
import { ingestModule } from './module.js';
import { ingestEnv } from './config.js';

const config = parseConfig(ingestEnv);
await runService({ context: 'ingest', module: ingestModule(config), config });
