const FACTORS: Readonly<Record<string, number>> = { '': 1, m: 1e-3, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4 };

/** A Kubernetes quantity such as `500m`, `2`, `24Gi` as a number: cores or bytes. Throws on other suffixes. */
export function quantity(text: string | number | undefined): number {
  const [, digits, suffix = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(String(text)) ?? [];
  const factor = FACTORS[suffix];
  if (digits === undefined || factor === undefined) throw new Error(`"${String(text)}" is not a quantity.`);
  return Number(digits) * factor;
}
