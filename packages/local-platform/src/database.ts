export { applyMigrations } from './database/migrations.js';
export { appsWithDatabase, migrateAll, migrateOne, type MigratedApp } from './database/migrate.js';
export { createDatabase } from './database/create-database.js';
export { ensureRole, roleUrl, schemaOf } from './database/roles.js';
