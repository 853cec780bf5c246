/** Does `work` for every item, at most `atOnce` at a time; the first failure rejects and no further item is begun. */
export async function eachInParallel(items, atOnce, work) {
  const queue = items.values();
  let failed = false;
  const lane = async () => {
    for (const item of queue) {
      if (failed) return;
      await work(item).catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
