// A service process for specs. WITHOUT_RPC leaves a contract without a handler; SIGUSR2 makes a bug nobody catches.
import { runService } from '@earmark/service-runtime';
import { NoteRoutes, NoteRpcs, noteService } from './note-service.js';

process.on('SIGUSR2', () => void Promise.reject(new Error('nobody catches this')));
await runService(noteService({}, process.env.WITHOUT_RPC === '1' ? [NoteRoutes] : [NoteRoutes, NoteRpcs]));
