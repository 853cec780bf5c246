import { describe, expect, it } from '@jest/globals';
import { allJobs } from '@earmark/contracts/catalogue';
import { eventConsumerPlan, jobConsumerName, jobConsumerPlans, streamPlans } from './topology.js';

const limits = { eventsMaxBytes: 3, jobsMaxBytes: 2, deadMaxBytes: 1 };

describe('topology', () => {
  it('keeps events by age, jobs until they are done, and refuses jobs when full', () => {
    const [events, jobs, dead] = streamPlans(limits);
    expect(events).toMatchObject({ name: 'EVENTS', subjects: ['evt.>'], retention: 'limits', discard: 'old', max_bytes: 3 });
    expect(events?.max_age).toBe(7 * 86_400 * 1e9);
    expect(jobs).toMatchObject({ name: 'JOBS', subjects: ['job.>'], retention: 'workqueue', discard: 'new', max_bytes: 2 });
    expect(dead).toMatchObject({ name: 'DEAD', subjects: ['dlq.>'], max_age: 30 * 86_400 * 1e9, max_bytes: 1 });
  });

  it('has one consumer per job subject, with names that JetStream takes', () => {
    const names = allJobs.flatMap(jobConsumerPlans).map(({ durable_name: name }) => name);
    expect(new Set(names).size).toBe(allJobs.flatMap(({ subjects }) => subjects).length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9_-]+$/);
    expect(jobConsumerName('job.trainer.train-model.v1.gpu')).toBe('trainer_train-model_v1_gpu');
  });

  it('waits as the contract says and leaves counting to us', () => {
    const [plan] = jobConsumerPlans({
      subjects: ['job.a.b.v1'],
      delivery: { ackWaitMs: 30_000, retryDelaysMs: [], maxInFlight: 1 },
    });
    expect(plan).toMatchObject({ filter_subject: 'job.a.b.v1', ack_wait: 30 * 1e9, max_deliver: -1, ack_policy: 'explicit' });
  });

  it('hears a context through one wildcard', () => {
    expect(eventConsumerPlan('trainer', 'catalog')).toMatchObject({
      durable_name: 'trainer_from_catalog',
      filter_subject: 'evt.catalog.>',
      deliver_policy: 'all',
    });
  });
});
