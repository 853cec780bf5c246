import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Home } from '../../src/platform/home.js';

/** A home in a temporary folder, laid out as the launcher's. */
export function temporaryHome(): Home {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-home-'));
  const at = (name: string): string => path.join(dir, name);
  return {
    dir,
    cache: at('cache'),
    nats: at('nats'),
    postgres: at('postgres'),
    s3: at('s3'),
    scratch: at('scratch'),
    secretsFile: at('secrets.json'),
    portsFile: at('ports.json'),
    keyFile: at('first-key.json'),
    readyFile: at('ready.json'),
    logOf: (name) => at(`${name}.log`),
    readJson: <T>(file: string, otherwise: T): T =>
      fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as T) : otherwise,
    writeJson: (file, value) => fs.writeFileSync(file, JSON.stringify(value), { mode: 0o600 }),
  };
}
