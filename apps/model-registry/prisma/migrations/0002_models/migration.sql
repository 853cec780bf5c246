-- CreateTable
CREATE TABLE "model" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT,
    "description" TEXT,
    "artifact_types" TEXT[],
    "training_job_id" UUID NOT NULL,
    "dataset_id" UUID NOT NULL,
    "dataset_deleted" BOOLEAN NOT NULL,
    "annotation_set_id" UUID NOT NULL,
    "annotation_set_version" INTEGER NOT NULL,
    "manifest" JSONB NOT NULL,
    "eval_metrics" JSONB NOT NULL,
    "f1_score" DOUBLE PRECISION NOT NULL,
    "thresholds" JSONB NOT NULL,
    "artifacts" JSONB NOT NULL,
    "lineage" JSONB NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "archived_at" TIMESTAMPTZ(3),
    "artefacts_removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_alias" (
    "tenant_id" UUID NOT NULL,
    "alias" TEXT NOT NULL,
    "model_id" UUID NOT NULL,

    CONSTRAINT "model_alias_pkey" PRIMARY KEY ("tenant_id","alias")
);

-- CreateTable
CREATE TABLE "deleted_dataset" (
    "tenant_id" UUID NOT NULL,
    "dataset_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deleted_dataset_pkey" PRIMARY KEY ("tenant_id","dataset_id")
);

-- CreateTable
CREATE TABLE "deleted_tenant" (
    "tenant_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deleted_tenant_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateIndex
CREATE INDEX "model_tenant_id_created_at_id_idx" ON "model"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "model_tenant_id_f1_score_id_idx" ON "model"("tenant_id", "f1_score", "id");

-- CreateIndex
CREATE INDEX "model_tenant_id_dataset_id_idx" ON "model"("tenant_id", "dataset_id");

-- CreateIndex
CREATE INDEX "model_to_collect" ON "model"("archived_at") WHERE (archived_at IS NOT NULL AND artefacts_removed_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "model_tenant_id_training_job_id_key" ON "model"("tenant_id", "training_job_id");

-- CreateIndex
CREATE INDEX "model_alias_model_id_idx" ON "model_alias"("model_id");

-- AddForeignKey
ALTER TABLE "model_alias" ADD CONSTRAINT "model_alias_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

