// One step of the default network, the same in PyTorch: baseline is whatever PyTorch the machine has (Debian's python3-torch).
import { spawnSync } from 'node:child_process';
import { runScript } from './run-script.mjs';

const PYTHONS = ['python3', '/usr/bin/python3']; // the first may be a version manager's, which does not see Debian's packages
const SCRIPT = 'packages/learning/bench/step-vs-torch.mjs';

/**
 * Prints milliseconds per step and the ratio at 1 and 2 threads; a sentence where there is no PyTorch.
 * OpenMP threads spin while they wait for each other, which is fastest on idle cores and ruinous on busy ones; our engine never spins.
 * So PyTorch is measured both ways, and a large ratio of the first kind on a busy machine says nothing about our engine.
 */
export async function measure() {
  const python = PYTHONS.find((command) => spawnSync(command, ['-c', 'import torch']).status === 0);
  if (!python) {
    console.log(
      'No PyTorch on this machine, so there is nothing to compare with: apt-get install python3-torch, then run this again.',
    );
    return;
  }
  console.log('PyTorch as it comes (its threads spin: read "best" where other programs run)');
  runScript(SCRIPT, ['--python', python]);
  console.log('PyTorch with OMP_WAIT_POLICY=passive (its threads sleep, as ours do)');
  runScript(SCRIPT, ['--python', python], { OMP_WAIT_POLICY: 'passive' });
}
