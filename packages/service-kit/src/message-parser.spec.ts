import { describe, expect, it } from '@jest/globals';
import { allEvents, allJobs } from '@earmark/contracts/catalogue';
import { MessageParser } from './message-parser.js';
import { metrics } from './metrics.js';
import { workerId } from './ids.js';

describe('the message parser', () => {
  const parser = new MessageParser();

  it('takes the example of every event and job, on every lane', () => {
    for (const { name, subject, example } of allEvents)
      expect(parser.parse({ kind: 'event', name, subject, payload: example })).toEqual(example);
    for (const { name, subjects, example } of allJobs)
      for (const subject of subjects) expect(parser.parse({ kind: 'job', name, subject, payload: example })).toEqual(example);
  });

  it('refuses what no contract says', () => {
    const [event] = allEvents;
    const message = { kind: 'event' as const, name: event?.name ?? '', subject: event?.subject ?? '' };
    expect(() => parser.parse({ ...message, payload: { tenantId: 1 } })).toThrow('does not fit its contract');
    expect(() => parser.parse({ ...message, subject: 'evt.nobody.said.v1', payload: {} })).toThrow('No contract');
  });
});

describe('metrics', () => {
  it('are one per name, however often they are asked for', async () => {
    const options = { name: 'spec_total', help: 'Counted by a spec', labels: ['kind'] };
    metrics.counter(options).inc({ kind: 'a' });
    metrics.counter(options).inc({ kind: 'a' }, 2);
    expect(await metrics.text()).toContain('spec_total{kind="a"} 3');
  });
});

describe('a worker id', () => {
  it('is another for every process, even in the same place', () => {
    expect(workerId()).not.toBe(workerId());
    expect(workerId()).toContain(`-${process.pid}-`);
  });
});
