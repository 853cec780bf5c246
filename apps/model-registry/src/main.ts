import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { modelRegistryService } from './module.js';

await runService(modelRegistryService);
