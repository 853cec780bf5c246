#!/usr/bin/env node
// `npm run bench [-- NAME …]`: how fast and how large the product is on this machine, each figure beside a named baseline of the same run.
// Without names all run, one after the other. bench:api, which needs data and a running platform, is a command of its own.
import { homePaths } from '../../infra/local/home.mjs';
import { prepareCode } from '../../infra/local/dependencies.mjs';
import { runCommand } from '../../infra/local/run-command.mjs';
import { UserError } from '../../infra/local/user-error.mjs';
import { machineLine } from './machine.mjs';

const FIGURES = {
  step: { title: 'Training step against PyTorch', load: () => import('./figures/training-step.mjs') },
  detect: { title: 'Detection: file to detections, and the exported model', load: () => import('./figures/detection.mjs') },
  decode: { title: 'Decoding', load: () => import('./figures/decoding.mjs') },
  platform: { title: 'The whole platform: start and idle memory', load: () => import('./figures/platform.mjs') },
};

await runCommand(async () => {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !(name in FIGURES));
  if (unknown) throw new UserError(`There is no benchmark "${unknown}": choose from ${Object.keys(FIGURES).join(', ')}.`);
  await prepareCode(homePaths());
  for (const name of names.length > 0 ? names : Object.keys(FIGURES)) {
    const { title, load } = FIGURES[name];
    console.log(`\n${title}\n${machineLine()}`);
    await (await load()).measure();
  }
  console.log(
    '\nOther programs that run meanwhile change every figure; trust ratios of one run, and repeat runs when the load was above 1.',
  );
});
