-- The highest sequence number that this service has seen in a stream: a lower one later means that the stream lost its tail.
ALTER TABLE "stream_epoch" ADD COLUMN "last_seq" BIGINT NOT NULL DEFAULT 0;

-- The relay takes unpublished rows in this order.
CREATE INDEX "outbox_to_publish" ON "outbox" (("attempts" > 5), "created_at", "id") WHERE "published_at" IS NULL;

-- Old rows are deleted by age.
CREATE INDEX "outbox_published_at" ON "outbox"("published_at") WHERE (published_at IS NOT NULL);
CREATE INDEX "inbox_received_at" ON "inbox"("received_at");
CREATE INDEX "idempotency_created_at" ON "idempotency"("created_at");
