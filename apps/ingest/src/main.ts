import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { ingestService } from './module.js';

await runService(ingestService);
