// How every command of this folder begins and fails. Imports nothing that an old Node lacks, so that it can say so.
import { UserError } from './user-error.mjs';

/** Checks Node, runs `command`, and ends with code 1 and a sentence (or a stack, for a defect of ours) when it throws. */
export async function runCommand(command) {
  try {
    checkNode();
    await command();
  } catch (error) {
    console.error(error?.name === 'UserError' ? error.message : error.stack);
    process.exit(1);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isFit = major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (!isFit) throw new UserError(`Node ${process.versions.node} is not supported: install Node 20.19, 22.12 or 24 (or newer).`);
}
