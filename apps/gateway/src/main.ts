import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { parseConfig } from '@earmark/service-kit';
import { mountPublicApi } from './inbound/http/mount.js';
import { gatewayModule } from './module.js';
import { gatewayEnv } from './config.js';

const config = parseConfig(gatewayEnv);
await runService({ context: 'gateway', module: gatewayModule(config), config, http: mountPublicApi, bodyParser: false });
