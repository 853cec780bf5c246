import type { Random } from '@earmark/audio';
import type { SplitUnit } from './split-unit.js';

/** A type that one side lacks weighs more than any imbalance can. */
const missingCost = 1000;
/** A side without any audio weighs more than everything else together. */
const emptyCost = 1e9;
const maxRounds = 50;

interface Column {
  readonly total: number;
  readonly perUnit: Float64Array;
  /** How many units hold this type; with one only, it belongs to training. */
  readonly holders: number;
  validation: number;
  validationHolders: number;
}

/**
 * Divides units so that validation holds the wanted share of the audio and of each type's events: from a seeded random order, single
 * moves are taken as long as one lowers the cost. Training gets every type, validation every type that two units hold.
 */
export function stratify(
  units: readonly SplitUnit[],
  validationShare: number,
  random: Random,
): { train: SplitUnit[]; validation: SplitUnit[] } {
  const columns = columnsOf(units);
  const inValidation = new Uint8Array(units.length);
  const order = random.shuffle(units.map((_, index) => index));
  let cost = totalCost(columns, validationShare);
  for (let round = 0, improved = true; improved && round < maxRounds; round++) {
    improved = false;
    for (const unit of order) {
      move(columns, unit, inValidation);
      const moved = totalCost(columns, validationShare);
      if (moved < cost - 1e-12) [cost, improved] = [moved, true];
      else move(columns, unit, inValidation);
    }
  }
  return {
    train: units.filter((_, index) => inValidation[index] === 0),
    validation: units.filter((_, index) => inValidation[index] === 1),
  };
}

/** Column 0 is the audio itself, the others are the types. */
function columnsOf(units: readonly SplitUnit[]): Column[] {
  const types = [...new Set(units.flatMap((unit) => Object.keys(unit.eventCounts)))].sort((a, b) => (a < b ? -1 : Number(a > b)));
  const amounts = [
    units.map((unit) => unit.durationMs),
    ...types.map((type) => units.map((unit) => unit.eventCounts[type] ?? 0)),
  ];
  return amounts.map((perUnit) => ({
    perUnit: Float64Array.from(perUnit),
    total: perUnit.reduce((sum, amount) => sum + amount, 0),
    holders: perUnit.filter((amount) => amount > 0).length,
    validation: 0,
    validationHolders: 0,
  }));
}

function move(columns: readonly Column[], unit: number, inValidation: Uint8Array): void {
  const sign = inValidation[unit] === 1 ? -1 : 1;
  inValidation[unit] = sign === 1 ? 1 : 0;
  for (const column of columns) {
    const amount = column.perUnit[unit] ?? 0;
    column.validation += sign * amount;
    if (amount > 0) column.validationHolders += sign;
  }
}

function totalCost(columns: readonly Column[], share: number): number {
  let cost = 0;
  columns.forEach((column, index) => {
    if (column.total === 0) return;
    const missing = index === 0 ? emptyCost : missingCost;
    cost += ((column.validation - share * column.total) / column.total) ** 2;
    if (column.validationHolders === column.holders) cost += 2 * missing;
    if (column.validationHolders === 0 && column.holders > 1) cost += missing;
  });
  return cost;
}
