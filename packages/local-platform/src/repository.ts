import { fileURLToPath } from 'node:url';

/** The checkout (or, in an image, /app) that holds apps/, packages/ and node_modules/. */
export const repositoryDir = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');
