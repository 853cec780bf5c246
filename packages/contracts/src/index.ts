export { defineEvent, type EventContract } from './kernel/define-event.js';
export { defineJob, type Delivery, type JobContract } from './kernel/define-job.js';
export { defineRoute, type AnswerKind, type AnswerPage, type HttpMethod, type RouteContract } from './kernel/define-route.js';
export { defineRpc, type RpcContract } from './kernel/define-rpc.js';
export { transition, type Message, type Transition } from './kernel/message.js';
export { contexts, type Context, type ContractName } from './kernel/names.js';
export { CallContext, callSchema, replySchema, StoredObject, type RouteCall, type RouteReply } from './kernel/route-call.js';
export { type EventPayload, type JobPayload, type RpcRequest, type RpcResponse, type RpcAnswer } from './kernel/payloads.js';
export { DatasetManifest, ManifestContent, ManifestFile } from './manifests/dataset-manifest.js';
export { FeatureSpec, ModelManifest, PostProcessing } from './manifests/model-manifest.js';
export { exampleIds } from './vocabulary/example-ids.js';
export { ClassMetrics, EvalMetrics, MetricBlock } from './vocabulary/metrics.js';
export { listOf, PageQuery } from './vocabulary/paging.js';
export {
  fromReply,
  Problem,
  problemKinds,
  toReply,
  type FieldError,
  type ProblemCode,
  type ProblemExtras,
  type ProblemKind,
  type ProblemReply,
} from './vocabulary/problems.js';
export { Holder, holderKinds, Reference, referenceKinds, TenantHolder } from './vocabulary/references.js';
export { allows, scopes, type Scope } from './vocabulary/scopes.js';
export {
  annotationSetStatuses,
  audioErrorCodes,
  audioStatuses,
  devices,
  inferenceFileStatuses,
  inferenceJobStatuses,
  trainingLanes,
  trainingStatuses,
  type AnnotationSetStatus,
  type AudioErrorCode,
  type AudioStatus,
  type Device,
  type InferenceFileStatus,
  type InferenceJobStatus,
  type TrainingLane,
  type TrainingStatus,
} from './vocabulary/statuses.js';
export {
  ExtraData,
  Instant,
  maxUploadBytes,
  ObjectRef,
  PositionMs,
  QueryBoolean,
  Sha256,
  text,
  UnitInterval,
  Uuid,
} from './vocabulary/values.js';
