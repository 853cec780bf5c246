/** Jest's global tear-down. */
export default async function stopSharedPlatform(): Promise<void> {
  await globalThis.earmarkPlatform?.remove();
}
