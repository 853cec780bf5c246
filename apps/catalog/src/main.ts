import 'reflect-metadata';
import { runService } from '@earmark/messaging/nest';
import { parseConfig } from '@earmark/service-kit';
import { catalogModule } from './app.module.js';
import { catalogEnv } from './config.js';

const config = parseConfig(catalogEnv);
await runService({ context: 'catalog', module: catalogModule(config), config });
