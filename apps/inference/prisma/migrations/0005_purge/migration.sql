-- Set when a job is to be erased: from then on nobody sees it, and its rows, audio and scores go in blocks.
ALTER TABLE "inference_job" ADD COLUMN "purged_at" TIMESTAMPTZ(3);

-- Whether the audio was uploaded for this job (and goes with it) or belongs to a dataset.
ALTER TABLE "inference_file" ADD COLUMN "owns_audio" BOOLEAN NOT NULL DEFAULT false;
UPDATE "inference_file" SET "owns_audio" = true WHERE "s3_key" <> "audio_file_id"::text;

CREATE INDEX "inference_job_purged" ON "inference_job"("purged_at") WHERE (purged_at IS NOT NULL);
CREATE INDEX "inference_job_completed_at_idx" ON "inference_job"("completed_at");
CREATE INDEX "inference_job_source_job_id_idx" ON "inference_job"("source_job_id");
