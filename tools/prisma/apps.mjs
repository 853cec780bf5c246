// Which apps own a database schema, and the names that follow from an app's folder.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Every app with a Prisma schema, sorted: `{ name, dir, schemaFile, migrationsDir, clientDir }`. */
export function appsWithSchema() {
  return fs
    .readdirSync(path.join(root, 'apps'))
    .sort()
    .map(describeApp)
    .filter((app) => fs.existsSync(app.schemaFile));
}

/** One app by name; throws a sentence when it has no Prisma schema. */
export function appNamed(name) {
  const app = describeApp(name);
  if (!fs.existsSync(app.schemaFile)) throw new Error(`apps/${name} has no prisma/schema.prisma.`);
  return app;
}

/** The app whose folder contains `cwd`, or undefined at the root. */
export function appAround(cwd) {
  const [group, name] = path.relative(root, cwd).split(path.sep);
  return group === 'apps' && name ? name : undefined;
}

function describeApp(name) {
  const dir = path.join(root, 'apps', name);
  return {
    name,
    dir,
    schemaFile: path.join(dir, 'prisma/schema.prisma'),
    migrationsDir: path.join(dir, 'prisma/migrations'),
    clientDir: path.join(dir, 'src/outbound/prisma-client'),
  };
}
