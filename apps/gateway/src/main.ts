import 'reflect-metadata';
import { runService } from '@earmark/messaging/nest';
import { parseConfig } from '@earmark/service-kit';
import { mountPublicApi } from './adapters/in/http/mount.js';
import { gatewayModule } from './app.module.js';
import { gatewayEnv } from './config.js';

const config = parseConfig(gatewayEnv);
await runService({ context: 'gateway', module: gatewayModule(config), config, http: mountPublicApi, bodyParser: false });
