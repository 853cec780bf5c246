// Two gaps of @prisma/adapter-pg 7.10 that only migrations meet are closed here: columns of pg_catalog's internal type
// "char" are refused, and executeScript() splits on every ';', which breaks strings and $$ bodies.
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';

const OID_CHAR = 18;
const OID_BPCHAR = 1042;

/** The pg driver adapter, fit for introspection and scripts. Takes a connection URL with an optional `?schema=`. */
export class MigrationAdapterFactory extends PrismaPg {
  constructor(url) {
    const schema = new URL(url).searchParams.get('schema') ?? undefined;
    super({ connectionString: url, max: 4, idleTimeoutMillis: 100 }, { schema });
  }

  async connect() {
    return closeGaps(await super.connect());
  }
}

function closeGaps(adapter) {
  const queryRaw = adapter.queryRaw;
  adapter.queryRaw = async (query) => {
    const reader = charTolerantReader(adapter);
    const result = await queryRaw.call(reader, query);
    for (const index of reader.charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  if (adapter.executeScript) {
    adapter.executeScript = (sql) => adapter.client.query(sql).catch((error) => adapter.onError(error));
  }
  if (adapter.startTransaction) {
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => closeGaps(await start(isolationLevel));
  }
  return adapter;
}

/** The adapter with "char" columns announced as `character`, and their positions remembered. */
function charTolerantReader(adapter) {
  const reader = Object.create(adapter);
  reader.charColumns = [];
  reader.performIO = async (query) => {
    const result = await adapter.performIO(query);
    for (const [index, field] of (result?.fields ?? []).entries()) {
      if (field.dataTypeID !== OID_CHAR) continue;
      field.dataTypeID = OID_BPCHAR;
      reader.charColumns.push(index);
    }
    return result;
  };
  return reader;
}
