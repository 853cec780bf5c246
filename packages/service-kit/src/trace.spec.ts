import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { currentTrace, startTrace, withTrace } from './trace.js';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a trace', () => {
  it('goes on from a parent and starts anew without a good one', () => {
    expect(startTrace(PARENT).traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
    const fresh = startTrace('nonsense').traceparent;
    expect(fresh).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(startTrace().traceparent).not.toBe(fresh);
  });

  it('is known to everything that runs inside, and written into the log', async () => {
    const lines: string[] = [];
    const logger = createLogger({ service: 'spec', level: 'info', destination: { write: (line) => void lines.push(line) } });
    await withTrace(startTrace(PARENT, 'req-1'), async () => {
      await Promise.resolve();
      logger.info({ rows: 2, error: new Error('why') }, 'something happened');
    });
    expect(currentTrace()).toBeUndefined();
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      service: 'spec',
      msg: 'something happened',
      rows: 2,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      request_id: 'req-1',
      error: { message: 'why', stack: expect.stringContaining('trace.spec') },
    });
  });
});
