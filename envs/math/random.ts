import { cos, log, sin } from './kernels.ts';

/**
 * Random numbers from keyed streams: what a stream yields depends on its key alone, so that no draw disturbs another
 * and nothing has to be saved to resume. The generator is counter-based, Philox4x32-10 (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011).
 */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Standard normal (Box and Muller). */
  normal(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
  /** The integers from 0 to n - 1 in random order (Fisher and Yates) [n]. */
  permutation(n: number): Int32Array;
}

/** What a stream is for. Streams of one seed and different purposes are independent. */
export const purposes = {
  /** Start state and parameters of an episode. */
  start: 1,
  /** Action noise of an episode. */
  noise: 2,
  /** Initial parameters of the policy and of a learned value function. */
  policyInit: 3,
  valueInit: 4,
  /** Seeds of training, evaluation and recorded episodes. */
  training: 5,
  evaluation: 6,
  recording: 7,
  /** Order of minibatches. */
  shuffle: 8,
  /** Resampling of results. */
  bootstrap: 9,
  /** Postures by which an arm is measured. */
  workspace: 10,
  /** Noise on what is observed. */
  observation: 11,
  /** Physics of an episode that are drawn for it. */
  dynamics: 12,
  /** Values that are tried of options. */
  search: 13,
} as const;

export type Purpose = keyof typeof purposes;

/**
 * The stream of a seed (an integer in [0, 2^53)) and a purpose, or one of many that an index below 2^32 tells apart. A purpose
 * whose streams have an index draws no episode seeds: index 1 would share its numbers with `episodeSeed`.
 */
export function stream(seed: number, purpose: Purpose, index = 0): Random {
  const counter = [0, 0, high(seed), index >>> 0];
  const key = [seed >>> 0, purposes[purpose]];
  let block: readonly number[] = [];
  let used = 4;
  let spare: number | null = null;

  function word(): number {
    if (used === 4) {
      block = philox(counter, key);
      counter[0] = (counter[0] + 1) >>> 0;
      if (counter[0] === 0) counter[1] = (counter[1] + 1) >>> 0;
      used = 0;
    }
    return block[used++];
  }

  function uniform(): number {
    return fraction(word(), word());
  }

  function normal(): number {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * sin(angle);
    return radius * cos(angle);
  }

  const below = (n: number) => Math.floor(n * uniform());

  function permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  return { uniform, normal, between: (from, to) => from + (to - from) * uniform(), below, permutation };
}

/** The seed, an integer in [0, 2^53), of episode `episode` in iteration `iteration` of the run with seed `run`. */
export function episodeSeed(run: number, purpose: Purpose, iteration: number, episode: number): number {
  const [a, b] = philox([episode >>> 0, iteration >>> 0, high(run), 1], [run >>> 0, purposes[purpose]]);
  return fraction(a, b) * 9007199254740992;
}

/** Ten rounds of Philox on a counter of four 32-bit words, keyed by two. */
export function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The upper 32 bits of the 64-bit product of two 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (cross & 0xffff);
  return aHigh * bHigh + (cross >>> 16) + (other >>> 16);
}

/** 53 random bits as a fraction in [0, 1). */
function fraction(a: number, b: number): number {
  return ((a >>> 5) * 67108864 + (b >>> 6)) / 9007199254740992;
}

/** The bits of a seed above its lowest 32. */
function high(seed: number): number {
  return Math.floor(seed / 4294967296);
}
