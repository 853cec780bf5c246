export function packagesOf(root: string, start: string): string[];
