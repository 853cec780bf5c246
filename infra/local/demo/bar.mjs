const WIDTH = 24;

/** A progress bar of fixed width for a share from 0 to 1, with a few words behind it. */
export function bar(share, words) {
  const full = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${words}`;
}
