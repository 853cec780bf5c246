-- CreateTable
CREATE TABLE "dataset" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "artifact_types" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "last_set_version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "dataset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "annotation_set" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "dataset_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "row_version" INTEGER NOT NULL,
    "is_stale" BOOLEAN NOT NULL DEFAULT false,
    "published_types" TEXT[],
    "manifest_key" TEXT,
    "manifest_sha256" TEXT,
    "manifest_size_bytes" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "published_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "annotation_set_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "annotation" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "annotation_set_id" UUID NOT NULL,
    "audio_file_id" UUID NOT NULL,
    "artifact_type" TEXT NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "confidence" DOUBLE PRECISION NOT NULL,
    "extra_data" JSONB,
    "is_valid" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "annotation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reviewed_file" (
    "annotation_set_id" UUID NOT NULL,
    "audio_file_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reviewed_file_pkey" PRIMARY KEY ("annotation_set_id","audio_file_id")
);

-- CreateTable
CREATE TABLE "published_file" (
    "annotation_set_id" UUID NOT NULL,
    "audio_file_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,

    CONSTRAINT "published_file_pkey" PRIMARY KEY ("annotation_set_id","audio_file_id")
);

-- CreateIndex
CREATE INDEX "dataset_tenant_id_created_at_id_idx" ON "dataset"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "dataset_deleted" ON "dataset"("deleted_at") WHERE (deleted_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "annotation_set_tenant_id_manifest_key_idx" ON "annotation_set"("tenant_id", "manifest_key");

-- CreateIndex
CREATE INDEX "annotation_set_deleted" ON "annotation_set"("deleted_at") WHERE (deleted_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "annotation_set_dataset_id_version_key" ON "annotation_set"("dataset_id", "version");

-- CreateIndex
CREATE INDEX "annotation_annotation_set_id_created_at_id_idx" ON "annotation"("annotation_set_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "annotation_annotation_set_id_audio_file_id_idx" ON "annotation"("annotation_set_id", "audio_file_id");

-- CreateIndex
CREATE INDEX "published_file_tenant_id_audio_file_id_idx" ON "published_file"("tenant_id", "audio_file_id");

-- AddForeignKey
ALTER TABLE "annotation_set" ADD CONSTRAINT "annotation_set_dataset_id_fkey" FOREIGN KEY ("dataset_id") REFERENCES "dataset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "annotation" ADD CONSTRAINT "annotation_annotation_set_id_fkey" FOREIGN KEY ("annotation_set_id") REFERENCES "annotation_set"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reviewed_file" ADD CONSTRAINT "reviewed_file_annotation_set_id_fkey" FOREIGN KEY ("annotation_set_id") REFERENCES "annotation_set"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "published_file" ADD CONSTRAINT "published_file_annotation_set_id_fkey" FOREIGN KEY ("annotation_set_id") REFERENCES "annotation_set"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What the domain already refuses, the table refuses too (Prisma's schema language has no checks).
ALTER TABLE "annotation" ADD CONSTRAINT "annotation_interval" CHECK ("start_ms" >= 0 AND "end_ms" > "start_ms");
ALTER TABLE "annotation" ADD CONSTRAINT "annotation_confidence" CHECK ("confidence" BETWEEN 0 AND 1);
ALTER TABLE "annotation_set" ADD CONSTRAINT "annotation_set_published" CHECK (("status" = 'published') = ("manifest_key" IS NOT NULL));
