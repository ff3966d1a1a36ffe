import { expect, it } from 'vitest';
import { panda } from '../../envs/arms/panda.ts';
import { pandaBlocked, pandaGripper } from '../../envs/arms/panda-grippers.ts';
import type { Arm } from '../../envs/model/types.ts';
import { looks } from '../../viewer/scene/looks.ts';

/** Names of the bodies that look other than they are recorded. */
function changed({ bodies }: Arm): string[] {
  return bodies.filter(({ visuals }) => looks(visuals) !== visuals).map(({ name }) => name);
}

it('draws the hand of every shipped Panda, and its fingers, as the real one looks', () => {
  expect(changed(panda)).toEqual(['link7']);
  expect(changed(pandaBlocked)).toEqual(['link7']);
  expect(changed(pandaGripper)).toEqual(['link7', 'leftfinger', 'rightfinger']);
});

it('knows them however a file orders their properties, and draws all else as it is recorded', () => {
  const { visuals } = panda.bodies[7];
  const reordered = visuals.map((visual) => Object.fromEntries(Object.entries(visual).reverse()) as typeof visual);
  expect(looks(reordered)).toBe(looks(visuals));
  const [first, ...rest] = visuals;
  const other = [{ ...first, part: 'base' } as typeof first, ...rest];
  expect(looks(other)).toBe(other);
});

it('keeps the tips of fingers that slide where those of a closed hand are, and on their own sides', () => {
  const tip = (arm: Arm, body: string) => looks(arm.bodies.find(({ name }) => name === body)?.visuals ?? []).at(-1);
  const [closed, left, right] = [
    tip(panda, 'link7'),
    tip(pandaGripper, 'leftfinger'),
    tip(pandaGripper, 'rightfinger'),
  ];
  for (const block of [closed, left, right]) if (block?.kind !== 'box') throw new Error('a finger that is no block');
  const height = (block: typeof left) => (block?.kind === 'box' ? block.center[2] : Number.NaN);
  const aside = (block: typeof left) => (block?.kind === 'box' ? block.center[1] : Number.NaN);
  expect(height(left)).toBe(height(right));
  // Fingers begin 0.0584 m along the hand, which sits 0.107 m along link 7.
  expect(height(closed)).toBeCloseTo(0.107 + 0.0584 + height(left), 9);
  expect(aside(left)).toBeGreaterThan(0);
  expect(aside(right)).toBe(-aside(left));
});
