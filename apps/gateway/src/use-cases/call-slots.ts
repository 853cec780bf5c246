export interface SlotLimits {
  /** Calls of one holder that are worked on simultaneously. */
  readonly active: number;
  /** Calls of one holder that may wait for a slot. */
  readonly waiting: number;
}

interface Line {
  active: number;
  readonly waiting: (() => void)[];
}

/** Gives the slot back; calling it again does nothing. */
export type LeaveSlot = () => void;

/** Slots of this gateway for the calls in flight, counted per holder: a flood of one holder waits in its own line. */
export class CallSlots {
  readonly #lines = new Map<string, Line>();
  readonly #limits: SlotLimits;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Whether the next call would be turned away. */
  isFull(holderId: string): boolean {
    const line = this.#lines.get(holderId);
    return line !== undefined && line.active >= this.#limits.active && line.waiting.length >= this.#limits.waiting;
  }

  /** Resolves when the call has a slot, first come, first served; null when the line is full. */
  async enter(holderId: string): Promise<LeaveSlot | null> {
    if (this.isFull(holderId)) return null;
    const line = this.#lines.get(holderId) ?? { active: 0, waiting: [] };
    this.#lines.set(holderId, line);
    if (line.active < this.#limits.active) line.active += 1;
    // Who leaves passes the slot on, so `active` stays as it is.
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    return this.#leaveOnce(holderId, line);
  }

  #leaveOnce(holderId: string, line: Line): LeaveSlot {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      const next = line.waiting.shift();
      if (next !== undefined) return next();
      line.active -= 1;
      if (line.active === 0) this.#lines.delete(holderId);
    };
  }
}
