-- Budgets of keys and of whole organisations. "rate_budget" stays for the version before; a later migration drops it.
CREATE TABLE "request_budget" (
    "holder_kind" TEXT NOT NULL,
    "holder_id" UUID NOT NULL,
    "window_start" TIMESTAMPTZ(6) NOT NULL,
    "leased" INTEGER NOT NULL,

    CONSTRAINT "request_budget_pkey" PRIMARY KEY ("holder_kind","holder_id")
);

-- How many calls an entry stands for: refused calls of one kind are counted together.
ALTER TABLE "audit_log" ADD COLUMN "occurrences" INTEGER NOT NULL DEFAULT 1;

-- Retention deletes by age.
CREATE INDEX "audit_log_at_idx" ON "audit_log"("at");
