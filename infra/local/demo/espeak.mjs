// The speech engine of the demo: espeak-ng from the machine, else from Debian.
import { spawnSync } from 'node:child_process';
import { runLogged } from '../dependencies.mjs';
import { homePaths } from '../home.mjs';
import { UserError } from '../user-error.mjs';

const version = () => {
  const run = spawnSync('espeak-ng', ['--version'], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.split('  ')[0].trim() : null;
};

/** Makes sure that espeak-ng can be run; notes its version. */
export async function ensureEspeak(note) {
  const found = version() ?? (await install());
  note(found);
}

async function install() {
  const advice = 'Install espeak-ng (on Debian: apt-get install espeak-ng) and run the demo again.';
  if (process.getuid?.() !== 0) throw new UserError(`The demo speaks with espeak-ng, which is not on this machine. ${advice}`);
  const log = homePaths().logOf('espeak-ng');
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  try {
    await runLogged([...environment, 'apt-get', 'install', '-y', '--no-install-recommends', 'espeak-ng'], log);
  } catch {
    // Without package lists (a bare machine) the first try fails: fetch them and try once more.
    await runLogged([...environment, 'apt-get', 'update'], log)
      .then(() => runLogged([...environment, 'apt-get', 'install', '-y', '--no-install-recommends', 'espeak-ng'], log))
      .catch(() => {
        throw new UserError(`espeak-ng could not be installed (see ${log}). ${advice}`);
      });
  }
  const installed = version();
  if (!installed) throw new UserError(`espeak-ng is installed but does not run (see ${log}). ${advice}`);
  return installed;
}
