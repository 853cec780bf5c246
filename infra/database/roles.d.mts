export function schemaOf(app: string): string;
export function roleUrl(adminUrl: string, app: string, password: string): string;
export function ensureRole(adminUrl: string, app: string, password: string): Promise<void>;
