import 'reflect-metadata';
import { runService } from '@earmark/messaging/nest';
import { parseConfig } from '@earmark/service-kit';
import { trainerModule } from './app.module.js';
import { trainerEnv } from './config.js';

const config = parseConfig(trainerEnv);
await runService({ context: 'trainer', module: trainerModule(config), config });
