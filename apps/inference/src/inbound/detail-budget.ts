import { creationCursor, type CreationKey, type Page } from '@earmark/service-kit';
import type { InferenceFile } from '../domain/inference-file.js';
import { fileView } from './views.js';

/** Files come with their detections: as many are shown as stay within an answer that travels in one message (8 MiB at most). */
const BUDGET_BYTES = 4 * 1024 ** 2;

/** The first files of a page whose JSON stays within the budget (at least one), and the cursor of what follows; null when nothing does. */
export function withinBudget(page: Page<InferenceFile, CreationKey>, modelId: string) {
  const views: ReturnType<typeof fileView>[] = [];
  let leftBytes = BUDGET_BYTES;
  let last: InferenceFile | undefined;
  for (const file of page.items) {
    const view = fileView(file, modelId);
    leftBytes -= Buffer.byteLength(JSON.stringify(view));
    if (leftBytes < 0 && last !== undefined) return { views, next: creationCursor.encode(last) };
    views.push(view);
    last = file;
  }
  return { views, next: page.next === null ? null : creationCursor.encode(page.next) };
}
