import { closedHand, finger, hand } from '../../envs/arms/panda-hand-shapes.ts';
import { add, type Quat, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import type { ShapePart, Visual } from '../../envs/model/types.ts';

/**
 * How bodies look on the page where that is more than the shapes they are recorded with. Recorded shapes are touched, and are what
 * `verify` compares: those of the Panda's hand stay a rod, and here it is the wide white one that the real arm is known by.
 */

/** Where the hand sits on link 7, and how it is turned there, by -45 degrees: it opens along its y axis. */
const mount: Vec3 = [0, 0, 0.107];
const turned: Quat = [0, 0, -Math.sin(Math.PI / 8), Math.cos(Math.PI / 8)];

/** Where fingers begin in the hand's frame, m. */
const fingerStart = 0.0584;

type Block = Visual & { readonly kind: 'box' };

function block(center: Vec3, size: Vec3, part: ShapePart): Block {
  return { kind: 'box', center, size, part };
}

/** A block of the hand's frame, in link 7's. */
function onHand({ center, ...box }: Block): Block {
  return { ...box, center: add(mount, rotate(turned, center)), rotation: turned };
}

/** A finger in its own frame, whose origin lies where the fingers begin. */
function fingerBlocks(side: number): Block[] {
  return [
    block([0, side * 0.0135, 0.0125], [0.022, 0.026, 0.021], 'hand'),
    block([0, side * 0.0095, 0.0275], [0.02, 0.018, 0.018], 'hand'),
    block([0, side * 0.0072, 0.0415], [0.018, 0.0125, 0.026], 'joint'),
  ];
}

const handBlocks: readonly Visual[] = [
  ...hand.slice(0, 2),
  { kind: 'cylinder', from: mount, to: [0, 0, 0.125], radius: 0.0375, part: 'link' },
  ...[
    block([0, 0, 0.022], [0.062, 0.136, 0.03], 'link'),
    block([0, 0, 0.039], [0.063, 0.204, 0.036], 'link'),
    block([0, 0, 0.0585], [0.052, 0.19, 0.011], 'joint'),
  ].map(onHand),
];

const closedFingers = [-1, 1]
  .flatMap(fingerBlocks)
  .map(({ center, ...box }) => onHand({ ...box, center: add(center, [0, 0, fingerStart]) }));

const looksOf: ReadonlyMap<string, readonly Visual[]> = new Map([
  [keyOf(hand), handBlocks],
  [keyOf(closedHand), [...handBlocks, ...closedFingers]],
  [keyOf(finger(1)), fingerBlocks(1)],
  [keyOf(finger(-1)), fingerBlocks(-1)],
]);

/** The same for equal shapes, in whatever order a file has their properties. */
function keyOf(visuals: readonly Visual[]): string {
  return JSON.stringify(visuals, ['kind', 'part', 'from', 'to', 'radius', 'center', 'size', 'rotation', 'tensor']);
}

/** The shapes that a body is drawn by: those it is recorded with, but for those that the page has better ones for. */
export function looks(visuals: readonly Visual[]): readonly Visual[] {
  return looksOf.get(keyOf(visuals)) ?? visuals;
}
