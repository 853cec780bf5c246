import { pino, stdSerializers, type DestinationStream } from 'pino';
import { currentTrace } from './trace.js';

type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Structured log: values in `fields`, a fixed sentence as message. An error goes into `fields.error`. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

export interface LoggerOptions {
  readonly service: string;
  readonly level: string;
  /** Standard output unless given (tests). */
  readonly destination?: DestinationStream;
}

/** JSON lines on standard output, with the service's name and the trace of the running work. */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: stdSerializers.err },
    mixin: traceFields,
  };
  const log = destination === undefined ? pino(options) : pino(options, destination);
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  };
}

function traceFields(): Record<string, string> {
  const trace = currentTrace();
  if (trace === undefined) return {};
  const traceId = trace.traceparent.split('-')[1] ?? '';
  return { trace_id: traceId, ...(trace.requestId === undefined ? {} : { request_id: trace.requestId }) };
}
