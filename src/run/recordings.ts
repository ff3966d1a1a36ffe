/** What the recordings over training time may come to, bytes, if nothing else is said. */
export const usualRecordingsBudget = 100e6;

interface Kept {
  /** Its place among all recordings that were made. */
  readonly ordinal: number;
  readonly bytes: number;
}

/**
 * Which recordings of a run are kept: the first and the latest, and between them every one, every second, every fourth ..., as
 * many as the budget allows beside the latest. That is a function of their sizes alone, and the same whenever a run was stopped.
 */
export class RecordingsBudget {
  private readonly kept = new Map<number, Kept>();
  /** Recordings made so far. */
  private made = 0;
  /** Every 2^level-th is kept. */
  private level = 0;
  private readonly budget: number;

  constructor(budget = usualRecordingsBudget) {
    this.budget = budget;
  }

  /**
   * Takes in what a folder holds, where a kill may have left some that were to go.
   * @param evaluated iterations of all recordings that were made
   * @param bytesOf the size of the recording of an iteration; undefined where there is none
   */
  resume(evaluated: readonly number[], bytesOf: (iteration: number) => number | undefined): void {
    const isWhole = (level: number) => evaluated.every((k, i) => i % 2 ** level !== 0 || bytesOf(k) !== undefined);
    const levels = Array.from({ length: Math.ceil(Math.log2(evaluated.length + 1)) }, (_, level) => level);
    const level = levels.find(isWhole);
    // Of recordings that somebody removed, those that are there count anew.
    const counted = level === undefined ? evaluated.filter((k) => bytesOf(k) !== undefined) : evaluated;
    this.level = level ?? 0;
    this.made = counted.length;
    for (const [ordinal, k] of counted.entries()) {
      const bytes = bytesOf(k);
      if (bytes !== undefined) this.kept.set(k, { ordinal, bytes });
    }
    this.thin();
  }

  /** Takes in the recording of an iteration, which may take the place of one. */
  add(iteration: number, bytes: number): void {
    const ordinal = this.kept.get(iteration)?.ordinal ?? this.made++;
    this.kept.set(iteration, { ordinal, bytes });
    this.thin();
  }

  has(iteration: number): boolean {
    return this.kept.has(iteration);
  }

  private thin(): void {
    const isLasting = ({ ordinal }: Kept) => ordinal % 2 ** this.level === 0;
    const total = () => [...this.kept.values()].filter(isLasting).reduce((sum, { bytes }) => sum + bytes, 0);
    while (total() > this.budget && 2 ** this.level < this.made) this.level++;
    for (const [iteration, one] of this.kept) {
      if (!isLasting(one) && one.ordinal !== this.made - 1) this.kept.delete(iteration);
    }
  }
}
