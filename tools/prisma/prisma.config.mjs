// The one Prisma configuration for every app; tools/prisma/cli.mjs names the app through the environment.
import path from 'node:path';

const dir = process.env.EARMARK_PRISMA_APP_DIR ?? process.cwd();
const url = process.env.DATABASE_URL;

export default {
  schema: path.join(dir, 'prisma/schema.prisma'),
  migrations: { path: path.join(dir, 'prisma/migrations') },
  ...(url ? { datasource: { url } } : {}),
};
