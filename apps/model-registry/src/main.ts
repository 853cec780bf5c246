import 'reflect-metadata';
import { runService } from '@earmark/messaging/nest';
import { parseConfig } from '@earmark/service-kit';
import { modelRegistryModule } from './app.module.js';
import { modelRegistryEnv } from './config.js';

const config = parseConfig(modelRegistryEnv);
await runService({ context: 'model-registry', module: modelRegistryModule(config), config });
