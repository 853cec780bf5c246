// A service process for specs. WITHOUT_RPC leaves a contract without a handler; SIGUSR2 makes a bug nobody catches.
import { runService, ServiceModule } from '@earmark/service-runtime';
import { parseConfig, serviceEnv } from '@earmark/service-kit';
import { Module } from '@nestjs/common';
import { z } from 'zod';
import { catalogue } from './contracts.js';
import { BEHAVIOUR, nothing, NoteEvents, NoteJobs, NoteRoutes, NoteRpcs } from './note-service.js';
import { pgPrisma } from './pg-prisma.js';

const config = parseConfig(z.object(serviceEnv));
const controllers = process.env.WITHOUT_RPC === '1' ? [NoteRoutes] : [NoteRoutes, NoteRpcs];

@Module({
  imports: [ServiceModule.forRoot({ context: 'catalog', config, catalogue, createPrisma: () => pgPrisma(config.DATABASE_URL) })],
  controllers,
  providers: [NoteJobs, NoteEvents, { provide: BEHAVIOUR, useValue: nothing }],
})
class NoteModule {}

process.on('SIGUSR2', () => void Promise.reject(new Error('nobody catches this')));
await runService({ context: 'catalog', module: NoteModule, config });
