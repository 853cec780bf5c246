import 'reflect-metadata';
import { runService } from '@earmark/messaging/nest';
import { parseConfig } from '@earmark/service-kit';
import { inferenceModule } from './app.module.js';
import { inferenceEnv } from './config.js';

const config = parseConfig(inferenceEnv);
await runService({ context: 'inference', module: inferenceModule(config), config });
