-- What a client says about a file, and its place in the staging area.
ALTER TABLE "audio_file" ADD COLUMN "speaker" TEXT,
ADD COLUMN "source" TEXT,
ADD COLUMN "script" TEXT,
ADD COLUMN "upload_id" UUID;

-- Set while the collector removes the objects of a content.
ALTER TABLE "audio_content" ADD COLUMN "collected_at" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "pin" (
    "audio_file_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "holder_kind" TEXT NOT NULL,
    "holder_id" UUID NOT NULL,
    "claim_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pin_pkey" PRIMARY KEY ("audio_file_id","holder_kind","holder_id","claim_id")
);

-- CreateTable
CREATE TABLE "released_reference" (
    "tenant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "released_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "emptied_at" TIMESTAMPTZ(6),

    CONSTRAINT "released_reference_pkey" PRIMARY KEY ("tenant_id","kind","id")
);

-- CreateIndex
CREATE INDEX "audio_file_purpose_dataset_id_idx" ON "audio_file"("purpose", "dataset_id");

-- CreateIndex
CREATE INDEX "pin_holder_kind_holder_id_idx" ON "pin"("holder_kind", "holder_id");

-- CreateIndex
CREATE INDEX "released_reference_unemptied" ON "released_reference"("released_at") WHERE (emptied_at IS NULL);

-- AddForeignKey
ALTER TABLE "pin" ADD CONSTRAINT "pin_audio_file_id_fkey" FOREIGN KEY ("audio_file_id") REFERENCES "audio_file"("id") ON DELETE CASCADE ON UPDATE CASCADE;
