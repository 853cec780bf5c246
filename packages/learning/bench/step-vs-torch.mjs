#!/usr/bin/env node
// Milliseconds per training step of the default network: our engine against PyTorch on the CPU, taking turns in one run.
//   node bench/step-vs-torch.mjs [--rounds 10] [--turns 3] [--python python3]          (needs Debian's python3-torch)
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { createOrtEngine, createTrainingBench, DEFAULT_FEATURE_SPEC, defaultNetwork, featureCountOf } from '@earmark/learning';

const { values: args } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    turns: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
  },
});
const [rounds, turns] = [Number(args.rounds), Number(args.turns)];
const network = defaultNetwork({
  featureCount: featureCountOf(DEFAULT_FEATURE_SPEC),
  typeCount: 4,
  grid: { chunkFrames: 50, strideFrames: 25 },
});
const [batchSize, windowFrames] = [32, 300];
const shape = {
  batch: batchSize,
  frames: windowFrames,
  features: network.featureCount,
  channels: network.channels,
  stemKernel: network.stemKernel,
  dilations: network.dilations,
  types: network.typeCount,
  chunk: network.grid.chunkFrames,
  stride: network.grid.strideFrames,
};
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function torchTimes(threads) {
  const script = new URL('./torch/step.py', import.meta.url).pathname;
  const out = execFileSync(args.python, [
    script,
    '--threads',
    String(threads),
    '--rounds',
    String(rounds),
    '--shape',
    JSON.stringify(shape),
  ]);
  return JSON.parse(out);
}

for (const threads of [1, 2]) {
  const [ours, theirs] = [[], []];
  let torch;
  for (let turn = 0; turn < turns; turn++) {
    const bench = await createTrainingBench(createOrtEngine(), { network, batchSize, windowFrames, threads });
    for (let i = 0; i < 3 + rounds; i++) {
      const since = performance.now();
      await bench.step();
      if (i >= 3) ours.push(performance.now() - since);
    }
    await bench.close();
    torch = torchTimes(threads);
    theirs.push(...torch.times);
  }
  console.log(
    `${threads} thread(s): ours ${median(ours).toFixed(1)} ms, PyTorch ${torch.version} ${median(theirs).toFixed(1)} ms (medians of ${ours.length}; ` +
      `best ${Math.min(...ours).toFixed(1)} and ${Math.min(...theirs).toFixed(1)}): ratio ${(median(theirs) / median(ours)).toFixed(2)}; ${torch.parameters} parameters`,
  );
}
