export function assemble(service: string, folder: string): string[];
