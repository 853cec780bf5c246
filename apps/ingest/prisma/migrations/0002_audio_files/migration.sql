-- CreateTable
CREATE TABLE "audio_file" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "dataset_id" UUID,
    "original_filename" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "declared_sha256" TEXT,
    "status" TEXT NOT NULL,
    "error_code" TEXT,
    "error_message" TEXT,
    "sha256" TEXT,
    "duration_ms" INTEGER,
    "sample_rate_hz" INTEGER,
    "channels" INTEGER,
    "warnings" TEXT[],
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "lease_expires_at" TIMESTAMPTZ(6),
    "attempt" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "audio_file_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audio_content" (
    "tenant_id" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "container" TEXT,
    "duration_ms" INTEGER,
    "sample_rate_hz" INTEGER,
    "channels" INTEGER,
    "warnings" TEXT[],
    "peaks_sha256" TEXT,
    "peaks_bytes" INTEGER,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audio_content_pkey" PRIMARY KEY ("tenant_id","sha256")
);

-- CreateIndex
CREATE INDEX "audio_file_tenant_id_dataset_id_created_at_id_idx" ON "audio_file"("tenant_id", "dataset_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "audio_file_tenant_id_sha256_idx" ON "audio_file"("tenant_id", "sha256");

-- CreateIndex
CREATE INDEX "audio_file_unfinished" ON "audio_file"("created_at") WHERE (status NOT IN ('ready', 'failed') AND deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "audio_file_deleted" ON "audio_file"("deleted_at") WHERE (deleted_at IS NOT NULL);

