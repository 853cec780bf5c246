export { planBlocks, fileChunkCount, type Block, type BlockLayout } from './detect/block-plan.js';
export { detectionsFrom, type DetectionSettings } from './detect/detections.js';
export { scoreFile, type AudioToScore, type DetectorRun, type FileScores, type ScoreFileOptions } from './detect/score-file.js';
export type { DetectorEvaluation } from './evaluation/evaluate-detector.js';
export type { TrainingDevice, TrainingEngine } from './engine.js';
export { createTrainingEngine } from './engines/create-engine.js';
export { createOrtEngine } from './engines/ort/ort-engine.js';
export { createTfjsGpuEngine, EngineUnavailableError } from './engines/tfjs/tfjs-engine.js';
export { readDetectorManifest, type DetectorManifest } from './export/detector-manifest.js';
export type { DetectorDescription, PostProcessingDefaults } from './export/detector-metadata.js';
export { exportDetector, type TrainedDetector } from './export/export-detector.js';
export { createFeatureExtractor, type FeatureExtractor } from './features/feature-extractor.js';
export { buildFeatureModel } from './features/feature-graph.js';
export { featureBlocks, type FeatureBlock, type FeatureRunner, type SampleReader } from './features/feature-blocks.js';
export { DEFAULT_FEATURE_SPEC, featureCountOf, featureSpecHash, frameMsOf, type FeatureSpec } from './features/feature-spec.js';
export { contextFramesOf, defaultNetwork, type NetworkSpec } from './network/network-spec.js';
export {
  trainDetector,
  type TrainDetectorHooks,
  type TrainDetectorRequest,
  type TrainDetectorResult,
} from './train-detector.js';
export { createTrainingBench, type TrainingBenchOptions } from './training-bench.js';
export type { EpochReport } from './training/fit-state.js';
export { featuresInMemory, type FeatureSource } from './training/feature-source.js';
export type { FeatureShelf } from './training/synthetic-copies.js';
export type { TrainingFile } from './training/stretch.js';
export { DEFAULT_TRAINING_CONFIG, resolveTrainingConfig, type TrainingConfig } from './training/training-config.js';
