import type { CallContext } from '@earmark/contracts';
import { listDetections, type InferenceFileView } from '@earmark/contracts/inference/routes';
import type { z } from 'zod';
import type { Services } from '../ports.js';

type FileView = z.output<typeof InferenceFileView>;

/** The largest page. */
const PAGE_SIZE = 1000;

/** Adds the detections that did not fit in the message with a file of an inference job: fewer than `detection_count` were cut. */
export class CompleteFile {
  readonly #services: Services;

  constructor({ services }: { services: Services }) {
    this.#services = services;
  }

  async execute(file: FileView, context: CallContext): Promise<FileView> {
    const detections = [...(file.detections ?? [])];
    const isCut = (): boolean => file.detections !== null && detections.length < (file.detection_count ?? 0);
    if (!isCut()) return file;
    const params = { inference_job_id: file.inference_job_id, file_id: file.id };
    // The owner sends whole pages up to what it cuts at, so that the next page begins where the last one ended.
    while (isCut()) {
      const page = Math.floor(detections.length / PAGE_SIZE) + 1;
      const { body } = await this.#services.call(listDetections, { context, params, query: { page, page_size: PAGE_SIZE } });
      if (body.items.length === 0) break;
      detections.push(...body.items);
    }
    return { ...file, detections };
  }
}
