// The operator's tool: organisations and their first keys, straight in the gateway's database (DATABASE_URL). What it announces waits in
// the outbox until a gateway runs.
import { Problem, scopes } from '@earmark/contracts';
import { Outbox, prismaUnitOfWork, sqlOf, systemClock, uuidV7Ids } from '@earmark/service-kit';
import { databaseAdapter, databaseEnv, parseConfig, type DatabaseConfig } from '@earmark/service-runtime';
import { z } from 'zod';
import { PrismaApiKeyStore } from './outbound/prisma-api-key.js';
import { PrismaClient } from './outbound/prisma-client/client.js';
import { PrismaOrganisationStore } from './outbound/prisma-organisation.js';
import { randomBytes } from './outbound/random-bytes.js';
import { CreateApiKey } from './use-cases/create-api-key.js';
import { CreateOrganisation } from './use-cases/create-organisation.js';
import { DeleteOrganisation } from './use-cases/delete-organisation.js';

const usage = `Usage:
  admin org create NAME [--json]
  admin org list [--json]
  admin org delete ID|NAME
  admin key create ID|NAME KEY_NAME [--json]`;

type Parts = ReturnType<typeof connect>;
type Command = (parts: Parts, args: readonly string[]) => Promise<{ text: string; json: unknown }>;

const Name = z.string().trim().min(1).max(200);

const commands: Readonly<Record<string, { argCount: number; run: Command }>> = {
  'org create': {
    argCount: 1,
    run: async ({ createOrganisation }, [name]) => {
      const { organisation, keyText } = await createOrganisation.execute(Name.parse(name));
      return {
        text: `Organisation "${organisation.name}" (${organisation.id})\nAPI key, shown once: ${keyText}`,
        json: { organisation_id: organisation.id, api_key: keyText },
      };
    },
  },
  'org list': {
    argCount: 0,
    run: async ({ organisations }) => {
      const all = await organisations.list();
      return {
        text: all.map(({ id, name, createdAt }) => `${id}  ${createdAt.toISOString()}  ${name}`).join('\n'),
        json: all.map(({ id, name, createdAt }) => ({ id, name, created_at: createdAt.toISOString() })),
      };
    },
  },
  'org delete': {
    argCount: 1,
    run: async ({ deleteOrganisation }, [idOrName = '']) => {
      const { id, name } = await deleteOrganisation.execute(idOrName);
      return {
        text: `Deleted organisation "${name}" (${id}); what it owned goes as the services hear of it.`,
        json: { organisation_id: id },
      };
    },
  },
  'key create': {
    argCount: 2,
    run: async ({ organisations, createApiKey }, [idOrName = '', keyName]) => {
      const organisation = await organisations.find(idOrName);
      if (organisation === null) throw new Problem('not_found', `There is no organisation "${idOrName}".`);
      const wish = { tenantId: organisation.id, name: Name.parse(keyName), scopes, expiresAt: null };
      const { key, text } = await createApiKey.execute(wish);
      return {
        text: `API key, shown once: ${text}`,
        json: { organisation_id: organisation.id, api_key_id: key.id, api_key: text },
      };
    },
  },
};

function connect(config: DatabaseConfig) {
  const [clock, ids] = [systemClock, uuidV7Ids];
  const prisma = new PrismaClient({ adapter: databaseAdapter(config) });
  const uow = prismaUnitOfWork(prisma);
  const outbox = new Outbox({ uow, sql: sqlOf(uow), ids, clock });
  const organisations = new PrismaOrganisationStore({ uow, outbox });
  const createApiKey = new CreateApiKey({ keys: new PrismaApiKeyStore({ uow, outbox }), clock, ids, randomBytes });
  return {
    prisma,
    organisations,
    createApiKey,
    createOrganisation: new CreateOrganisation({ organisations, createApiKey, clock, ids, uow }),
    deleteOrganisation: new DeleteOrganisation({ organisations }),
  };
}

async function main(argv: readonly string[]): Promise<number> {
  const [group, verb, ...args] = argv.filter((argument) => argument !== '--json');
  const command = commands[`${group} ${verb}`];
  if (command?.argCount !== args.length) {
    console.error(usage);
    return 64;
  }
  const parts = connect(parseConfig(z.object(databaseEnv)));
  try {
    const { text, json } = await command.run(parts, args);
    console.log(argv.includes('--json') ? JSON.stringify(json) : text);
    return 0;
  } catch (error) {
    console.error(sentenceOf(error));
    return 1;
  } finally {
    await parts.prisma.$disconnect();
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof Problem) return error.detail;
  if (error instanceof z.ZodError) return 'A name has 1 to 200 characters.';
  return `The database could not do it: ${error instanceof Error ? error.message : String(error)}`;
}

process.exitCode = await main(process.argv.slice(2));
