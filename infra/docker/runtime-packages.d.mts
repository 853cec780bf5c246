export function packagesOf(root: string, starts: readonly string[]): string[];
