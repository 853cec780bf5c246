import type { EvalMetrics, ModelManifest } from '@earmark/contracts';
import type { TrainingJob } from './training-job.js';

export interface ModelCardFacts {
  readonly job: TrainingJob;
  readonly manifest: ModelManifest;
  readonly metrics: EvalMetrics;
  readonly fileCount: number;
  readonly audioMs: number;
  readonly epochs: number;
  readonly bestEpoch: number;
}

/** The model card, Markdown: what the model detects, from what it learnt, how well it does, how to use it, where it ends. */
export function modelCard(facts: ModelCardFacts): string {
  return [...purpose(facts), ...data(facts), ...figures(facts), ...usage(facts), ...limits(facts), ''].join('\n');
}

function purpose({ manifest }: ModelCardFacts): string[] {
  const names = manifest.artifactTypes.map((type) => `\`${type}\``).join(', ');
  return ['# Audio-artifact detector', '', `Finds ${names} in speech audio and says when each begins and ends.`, ''];
}

function data({ job, manifest, fileCount, audioMs, epochs, bestEpoch }: ModelCardFacts): string[] {
  const { settings } = job;
  return [
    '## Data and training',
    '',
    `- Dataset \`${job.datasetId}\`, annotation set \`${job.annotationSetId}\` (version ${job.annotationSetVersion}), training job \`${job.id}\``,
    `- ${fileCount} files, ${minutes(audioMs)} minutes; ${percent(settings.validationSplit)} of it held out for validation`,
    `- Data hash \`${manifest.dataHash}\`, seed ${manifest.seed}`,
    `- ${epochs} of at most ${settings.epochs} epochs, the ${bestEpoch}. was best; ${manifest.engine} on ${job.device ?? 'cpu'}, ${job.threads ?? 1} threads`,
    '',
  ];
}

function figures({ metrics }: ModelCardFacts): string[] {
  const { settings, per_class: perClass } = metrics;
  const rows = Object.entries(perClass).map(([type, one]) => {
    const interval = one.f1_interval === null ? '-' : one.f1_interval.map(decimal).join(' to ');
    const figures = [one.precision, one.recall, one.f1_score, one.placed_f1_score ?? 0].map(decimal).join(' | ');
    return `| ${type.replaceAll('|', '\\|')} | ${figures} | ${interval} | ${one.support} | ${decimal(one.threshold ?? 0)} |`;
  });
  return [
    '## Figures',
    '',
    `Event-based on ${settings.validation_minutes.toFixed(1)} minutes of validation audio, collar ${settings.collar_ms} ms, ` +
      `thresholds from ${settings.thresholds_from}. Mean over types: precision ${decimal(metrics.precision)}, recall ${decimal(metrics.recall)}, F1 ${decimal(metrics.f1_score)}. Placed F1 also wants the start within the collar and the end within it or half the length: ${decimal(metrics.placed_f1_score ?? 0)}.`,
    '',
    '| type | precision | recall | F1 | placed F1 | 95 % interval of F1 | events | threshold |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ];
}

function usage({ manifest }: ModelCardFacts): string[] {
  const { featureSpec, postProcessing } = manifest;
  return [
    '## Use',
    '',
    `\`model.onnx\` takes \`${manifest.inputs.join(', ')}\`, float32 [batch, samples], mono at ${featureSpec.sampleRateHz} Hz, -1 to 1, at least ${manifest.chunkSizeMs} ms long.`,
    `It gives ${manifest.outputs.map((name) => `\`${name}\``).join(' and ')}: a score from 0 to 1 per frame and per chunk (${manifest.chunkSizeMs} ms every ${manifest.strideMs} ms) and type, in the order of the types above. Chunk scores are calibrated probabilities.`,
    `The thresholds go with gaps of up to ${postProcessing.mergeWindowMs} ms closed and detections below ${postProcessing.minDurationMs} ms dropped. Cut long audio into blocks that overlap by ${manifest.contextSamples} samples on either side.`,
    '',
  ];
}

function limits({ metrics }: ModelCardFacts): string[] {
  const unseen = Object.entries(metrics.per_class).filter(([, one]) => one.support === 0);
  return [
    '## Limits',
    '',
    '- It knows voices, recording conditions and artifacts like those of its data; on others expect less, and check before relying on it.',
    '- Everything in the data that was not annotated was taken as clean: what annotators missed, it learnt to ignore.',
    ...(metrics.settings.small_data ? ['- All data came from one file: the figures say little about other files.'] : []),
    ...unseen.map(([type]) => `- The validation audio held no \`${type}\`: nothing is known about how well it is found.`),
  ];
}

const minutes = (ms: number): string => (ms / 60_000).toFixed(1);
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const decimal = (value: number): string => value.toFixed(3);
