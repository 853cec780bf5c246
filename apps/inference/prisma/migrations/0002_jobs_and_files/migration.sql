-- CreateTable
CREATE TABLE "inference_job" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "model_id" UUID NOT NULL,
    "source_job_id" UUID,
    "status" TEXT NOT NULL,
    "thresholds" JSONB NOT NULL,
    "merge_window_ms" INTEGER NOT NULL,
    "min_duration_ms" INTEGER NOT NULL,
    "onnx_key" TEXT NOT NULL,
    "onnx_sha256" TEXT NOT NULL,
    "onnx_size_bytes" INTEGER NOT NULL,
    "total_files" INTEGER NOT NULL,
    "processed_files" INTEGER NOT NULL,
    "failed_files" INTEGER NOT NULL,
    "total_detections" INTEGER NOT NULL,
    "error_message" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "inference_job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inference_file" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "audio_file_id" UUID NOT NULL,
    "original_filename" TEXT NOT NULL,
    "s3_key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "error_code" TEXT,
    "error_message" TEXT,
    "sha256" TEXT,
    "duration_ms" INTEGER,
    "scores_key" TEXT,
    "detections" JSONB,
    "detection_count" INTEGER,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "lease_expires_at" TIMESTAMPTZ(6),
    "attempt" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "inference_file_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "inference_job_tenant_id_created_at_id_idx" ON "inference_job"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "inference_file_tenant_id_job_id_created_at_id_idx" ON "inference_file"("tenant_id", "job_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "inference_file_tenant_id_audio_file_id_idx" ON "inference_file"("tenant_id", "audio_file_id");

-- CreateIndex
CREATE INDEX "inference_file_unfinished" ON "inference_file"("status", "created_at") WHERE (status IN ('queued', 'processing'));

-- AddForeignKey
ALTER TABLE "inference_file" ADD CONSTRAINT "inference_file_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "inference_job"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

