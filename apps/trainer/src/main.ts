import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { parseConfig } from '@earmark/service-kit';
import { trainerModule } from './module.js';
import { trainerEnv } from './config.js';

const config = parseConfig(trainerEnv);
await runService({ context: 'trainer', module: trainerModule(config), config });
