import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { parseConfig } from '@earmark/service-kit';
import { catalogModule } from './module.js';
import { catalogEnv } from './config.js';

const config = parseConfig(catalogEnv);
await runService({ context: 'catalog', module: catalogModule(config), config });
