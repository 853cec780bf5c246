import type { JsMsg } from '@nats-io/jetstream';

/** Says "still working" every third of the ack wait until the returned function is called; never keeps the process alive. */
export function keepWorking(message: Pick<JsMsg, 'working'>, ackWaitMs: number): () => void {
  const timer = setInterval(() => {
    try {
      message.working();
    } catch {
      clearInterval(timer); // the connection is closed: the message will be delivered to another process
    }
  }, ackWaitMs / 3).unref();
  return () => clearInterval(timer);
}
