import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { gatewayService } from './module.js';

await runService(gatewayService);
