import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { parseConfig } from '@earmark/service-kit';
import { inferenceModule } from './module.js';
import { inferenceEnv } from './config.js';

const config = parseConfig(inferenceEnv);
await runService({ context: 'inference', module: inferenceModule(config), config });
