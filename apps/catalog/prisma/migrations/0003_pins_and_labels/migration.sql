-- CreateTable
CREATE TABLE "annotation_set_pin" (
    "annotation_set_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "holder_kind" TEXT NOT NULL,
    "holder_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "annotation_set_pin_pkey" PRIMARY KEY ("annotation_set_id","holder_kind","holder_id")
);

-- CreateTable
CREATE TABLE "label_to_hand" (
    "audio_file_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "speaker" TEXT,
    "source" TEXT,

    CONSTRAINT "label_to_hand_pkey" PRIMARY KEY ("audio_file_id")
);

-- CreateTable
CREATE TABLE "set_to_pin" (
    "annotation_set_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "dataset_id" UUID NOT NULL,

    CONSTRAINT "set_to_pin_pkey" PRIMARY KEY ("annotation_set_id")
);

-- CreateIndex
CREATE INDEX "annotation_set_pin_holder_kind_holder_id_idx" ON "annotation_set_pin"("holder_kind", "holder_id");

-- AddForeignKey
ALTER TABLE "annotation_set_pin" ADD CONSTRAINT "annotation_set_pin_annotation_set_id_fkey" FOREIGN KEY ("annotation_set_id") REFERENCES "annotation_set"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- The first speaker and the first source that annotations name for a file; a task hands them to ingest.
INSERT INTO "label_to_hand" ("audio_file_id", "tenant_id", "speaker", "source")
SELECT audio_file_id, (array_agg(tenant_id))[1],
       left((array_agg(speaker ORDER BY created_at, id) FILTER (WHERE speaker IS NOT NULL))[1], 200),
       left((array_agg(source ORDER BY created_at, id) FILTER (WHERE source IS NOT NULL))[1], 200)
FROM (
  SELECT audio_file_id, tenant_id, created_at, id,
         CASE WHEN jsonb_typeof(extra_data -> 'speaker') IN ('string', 'number') THEN nullif(extra_data ->> 'speaker', '') END AS speaker,
         CASE WHEN jsonb_typeof(extra_data -> 'source') IN ('string', 'number') THEN nullif(extra_data ->> 'source', '') END AS source
  FROM "annotation" WHERE extra_data ?| ARRAY['speaker', 'source']
) AS named
WHERE speaker IS NOT NULL OR source IS NOT NULL
GROUP BY audio_file_id;

-- Sets that were published before there were pins; a task pins their files.
INSERT INTO "set_to_pin" ("annotation_set_id", "tenant_id", "dataset_id")
SELECT id, tenant_id, dataset_id FROM "annotation_set" WHERE status = 'published' AND deleted_at IS NULL;
