// The import law: who may know whom. Every rule carries its reason; `npm run law` checks all of them.
const vendor = (name, pattern, homes, reason) => ({
  name,
  comment: reason,
  severity: 'error',
  from: { path: '^(apps|packages|tests)/', pathNot: homes },
  to: { path: pattern },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-app-imports-an-app',
      comment: 'Services meet only in the contracts; an import would make two processes one.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-package-imports-an-app',
      comment: 'Packages are below apps: the arrow points down.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'contracts-know-zod-only',
      comment: 'The language is read by everyone and must not drag anything along.',
      severity: 'error',
      from: { path: '^packages/contracts/src/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^packages/contracts/src/', '^node_modules/zod/'] },
    },
    {
      name: 'pure-packages-stay-pure',
      comment: 'Signal processing and event arithmetic run anywhere: no framework, no vendor, no Node API.',
      severity: 'error',
      from: { path: '^packages/(audio|sound-events|synthesis)/src/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^packages/(audio|sound-events|synthesis)/src/'] },
    },
    {
      name: 'domain-and-use-cases-know-no-framework',
      comment: 'Rules are tested without a server and outlive the framework.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/(domain|use-cases)/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: 'node_modules/(@nestjs|@prisma|prisma|pg|minio|@nats-io|onnxruntime-node|@tensorflow|opus-decoder|rxjs|busboy)(/|$)',
      },
    },
    {
      name: 'domain-and-use-cases-know-no-adapter',
      comment: 'Use-cases talk to ports; adapters are plugged in by module.ts.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/(domain|use-cases)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/[^/]+/src/(inbound|outbound)/' },
    },
    {
      name: 'domain-knows-domain',
      comment: 'Domain is types and pure functions: no ports, no use-cases.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/domain/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/[^/]+/src/(use-cases|ports)' },
    },
    {
      name: 'inbound-never-imports-outbound',
      comment: 'An inbound adapter calls a use-case; it never reaches past it to a database or a vendor.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/inbound/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/[^/]+/src/outbound/' },
    },
    vendor(
      'nats-has-one-home',
      'node_modules/@nats-io/',
      ['^packages/messaging/', '^packages/testkit/', '/test/'],
      'NATS clients live in messaging.',
    ),
    vendor(
      'minio-has-one-home',
      'node_modules/minio/',
      ['^packages/blob-store/', '^packages/embedded-s3/.*(spec|test)'],
      'The S3 client lives in blob-store.',
    ),
    vendor(
      'prisma-has-one-home',
      'node_modules/@prisma/',
      ['^apps/[^/]+/src/outbound/', '^packages/service-runtime/src/database\\.ts$'],
      'Prisma lives in outbound of each service; its adapter is made in service-runtime.',
    ),
    vendor(
      'onnxruntime-has-one-home',
      'node_modules/onnxruntime-node/',
      ['^packages/onnx-runtime/', '^packages/learning/src/export/parity'],
      'ONNX Runtime lives in onnx-runtime; the parity check must not know us.',
    ),
    vendor(
      'tensorflow-has-one-home',
      'node_modules/@tensorflow/',
      ['^packages/learning/src/engines/tfjs/'],
      'tfjs is one engine among others.',
    ),
    vendor(
      'decoders-have-one-home',
      'node_modules/(audio-decode|opus-decoder|mpg123-decoder|@audio|@wasm-audio-decoders)/',
      ['^packages/audio-files/'],
      'Codecs live in audio-files.',
    ),
    {
      name: 'decoders-run-in-the-sandbox',
      comment: 'Untrusted audio is decoded in a sandboxed process only; everyone else may know its types.',
      severity: 'error',
      from: {
        path: '^(apps|packages|tests)/',
        pathNot: ['^packages/audio-files/', '^apps/ingest/src/outbound/sandbox/child\\.ts$'],
      },
      to: { path: '^packages/audio-files/src/decoding\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'audio-files-know-no-service',
      comment: 'Bytes in, PCM and a verdict out: of our packages it needs signal processing alone.',
      severity: 'error',
      from: { path: '^packages/audio-files/' },
      to: { path: '^(apps|packages)/', pathNot: ['^packages/audio-files/', '^packages/audio/src/index\\.ts$'] },
    },
    {
      name: 'no-deep-imports',
      comment: 'A package is what its exports say.',
      severity: 'error',
      from: { path: '^(apps|packages|tests)/([^/]+)/' },
      to: {
        path: '^packages/([^/]+)/src/',
        pathNot: [
          '^$1/$2/',
          '^packages/[^/]+/src/(index|conformance|catalogue|database)\\.ts$',
          '^packages/audio-files/src/decoding\\.ts$',
          '^packages/contracts/src/[^/]+/(routes|events|jobs|rpcs|index)\\.ts$',
        ],
      },
    },
    {
      name: 'no-circles',
      comment: 'A circle has no first thing to understand.',
      severity: 'error',
      from: { pathNot: 'prisma-client' },
      to: { circular: true, viaOnly: { pathNot: 'prisma-client' } },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|prisma-client)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
