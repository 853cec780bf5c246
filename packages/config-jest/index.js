// Tests run on the compiled files of dist/: what is tested is what ships, and no second module world exists.
import { fileURLToPath } from 'node:url';

/** @type {import('jest').Config} */
const base = {
  testEnvironment: fileURLToPath(new URL('./environment.cjs', import.meta.url)),
  transform: {},
  testMatch: ['<rootDir>/dist/**/*.spec.js'],
  testPathIgnorePatterns: ['/node_modules/', '\\.slow\\.spec\\.js$'],
  modulePathIgnorePatterns: ['<rootDir>/\\.earmark'],
  // One spec file at a time: many start servers of their own, and two workspaces run beside each other already.
  maxWorkers: 1,
  testTimeout: 60_000,
};
export default base;
