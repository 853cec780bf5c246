// One step of the default network, the same in PyTorch: baseline is whatever PyTorch the machine has (Debian's python3-torch).
import { spawnSync } from 'node:child_process';
import { runScript } from './run-script.mjs';

const PYTHONS = ['python3', '/usr/bin/python3']; // the first may be a version manager's, which does not see Debian's packages

/** Prints milliseconds per step and the ratio at 1 and 2 threads; a sentence where there is no PyTorch. */
export async function measure() {
  const python = PYTHONS.find((command) => spawnSync(command, ['-c', 'import torch']).status === 0);
  if (!python) {
    console.log(
      'No PyTorch on this machine, so there is nothing to compare with: apt-get install python3-torch, then run this again.',
    );
    return;
  }
  runScript('packages/learning/bench/step-vs-torch.mjs', ['--python', python]);
}
