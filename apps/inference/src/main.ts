import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { inferenceService } from './module.js';

await runService(inferenceService);
