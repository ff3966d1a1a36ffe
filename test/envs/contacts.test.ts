import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import { crowd } from './crowd.ts';
import { episodeBytes, randomAction } from './support.ts';

beforeAll(loadPhysics);

const env = crowd();
const seeds = Array.from({ length: 24 }, (_, k) => 300 + k);

/** Each episode in a batch that has held nothing else. */
function alone(seed: number): string {
  const batch = env.open(1);
  const bytes = episodeBytes(env, batch, 0, seed);
  batch.close();
  return bytes.toString('base64');
}

describe('an arm that is thrown into a table full of things', () => {
  it('leaves no trace: an episode has the same bytes after any others, in any slot, beside any others', () => {
    const expected = seeds.map(alone);
    expect(new Set(expected).size).toBe(seeds.length);
    const one = env.open(1);
    const again = seeds.toReversed().map((seed) => episodeBytes(env, one, 0, seed).toString('base64'));
    one.close();
    expect(again.toReversed()).toEqual(expected);
    const batch = env.open(7);
    const random = stream(3, 'noise');
    let others = 9000;
    for (const [k, seed] of seeds.entries()) {
      const slot = k % 7;
      const found = episodeBytes(env, batch, slot, seed, (t, act) => {
        act.set(randomAction(act.length, random));
        for (let other = 0; other < 7; other++) {
          if (other !== slot && (t === 0 || batch.last[other] || (t + other) % 9 === 0)) batch.start(other, others++);
        }
      });
      expect(found.toString('base64') === expected[k], `episode ${seed}`).toBe(true);
    }
    batch.close();
  });

  it('does hit them', () => {
    const batch = env.open(1);
    const size = width(env.spec.act);
    let [pressed, faults, moved] = [0, 0, 0];
    for (const seed of seeds) {
      const random = stream(seed, 'noise');
      batch.start(0, seed);
      const before = batch.obs.slice(7, 25);
      while (!batch.last[0]) {
        batch.step(randomAction(size, random));
        pressed += batch.terms[0] < 0 || batch.obs[25] > 0 ? 1 : 0;
      }
      faults += batch.fault[0];
      moved = Math.max(moved, ...batch.obs.subarray(7, 25).map((x, i) => Math.abs(x - before[i])));
    }
    batch.close();
    expect(pressed).toBeGreaterThan(20);
    expect(moved).toBeGreaterThan(0.1);
    expect(faults).toBe(0);
  });
});
