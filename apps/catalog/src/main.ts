import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { catalogService } from './module.js';

await runService(catalogService);
