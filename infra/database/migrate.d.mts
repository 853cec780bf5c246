export interface MigratedApp {
  app: string;
  url: string;
  applied: string[];
}
export function appsWithDatabase(): string[];
export function migrateAll(options: {
  adminUrl: string;
  passwordOf: (app: string) => string;
  apps?: string[];
}): Promise<MigratedApp[]>;
