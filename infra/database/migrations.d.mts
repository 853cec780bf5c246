export function applyMigrations(options: { url: string; migrationsDir: string }): Promise<string[]>;
