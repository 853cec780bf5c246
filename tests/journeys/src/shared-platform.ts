import { Platform } from './platform.js';

declare global {
  var earmarkPlatform: Platform | undefined;
}

/** Jest's global set-up: one platform for every journey that does not break it. */
export default async function startSharedPlatform(): Promise<void> {
  const platform = new Platform();
  await platform.start();
  globalThis.earmarkPlatform = platform;
  process.env.EARMARK_JOURNEY_HOME = platform.home;
}
