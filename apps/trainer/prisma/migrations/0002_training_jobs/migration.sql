-- CreateTable
CREATE TABLE "training_job" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "dataset_id" UUID NOT NULL,
    "annotation_set_id" UUID NOT NULL,
    "annotation_set_version" INTEGER NOT NULL,
    "manifest_key" TEXT NOT NULL,
    "manifest_sha256" TEXT NOT NULL,
    "manifest_size_bytes" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "progress_percent" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "device" TEXT,
    "threads" INTEGER,
    "checkpoint_key" TEXT,
    "checkpoint_epoch" INTEGER,
    "crashes" INTEGER NOT NULL DEFAULT 0,
    "outcome" JSONB,
    "model_id" UUID,
    "error_code" TEXT,
    "error_message" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "tidied_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "lease_expires_at" TIMESTAMPTZ(6),
    "attempt" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "training_job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "training_epoch" (
    "job_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "train_loss" DOUBLE PRECISION NOT NULL,
    "val_loss" DOUBLE PRECISION,
    "val_f1" DOUBLE PRECISION,

    CONSTRAINT "training_epoch_pkey" PRIMARY KEY ("job_id","epoch")
);

-- CreateIndex
CREATE INDEX "training_job_tenant_id_created_at_id_idx" ON "training_job"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "training_job_tenant_id_dataset_id_idx" ON "training_job"("tenant_id", "dataset_id");

-- CreateIndex
CREATE INDEX "training_job_tenant_id_annotation_set_id_idx" ON "training_job"("tenant_id", "annotation_set_id");

-- CreateIndex
CREATE INDEX "training_job_unfinished" ON "training_job"("status", "updated_at") WHERE (status IN ('pending', 'queued', 'training', 'registering'));

-- CreateIndex
CREATE INDEX "training_job_untidy" ON "training_job"("completed_at") WHERE (tidied_at IS NULL AND completed_at IS NOT NULL);

-- AddForeignKey
ALTER TABLE "training_epoch" ADD CONSTRAINT "training_epoch_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "training_job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

