import 'reflect-metadata';
import { runService } from '@earmark/service-runtime';
import { trainerService } from './module.js';

await runService(trainerService);
