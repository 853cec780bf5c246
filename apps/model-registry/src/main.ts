import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { parseConfig } from '@earmark/service-kit';
import { modelRegistryModule } from './module.js';
import { modelRegistryEnv } from './config.js';

const config = parseConfig(modelRegistryEnv);
await runService({ context: 'model-registry', module: modelRegistryModule(config), config });
