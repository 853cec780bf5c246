import { PrismaPg } from '@prisma/adapter-pg';

/** Prisma's adapter for the database and schema that `DATABASE_URL` names (`?schema=`). */
export function databaseAdapter({ DATABASE_URL }: { readonly DATABASE_URL: string }): PrismaPg {
  const schema = new URL(DATABASE_URL).searchParams.get('schema');
  return new PrismaPg({ connectionString: DATABASE_URL }, schema === null ? {} : { schema });
}
