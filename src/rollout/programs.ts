/**
 * Programs that push, slide and place without learning, for the scripted controller: an action from what panda-gym's tasks observe. Each looks
 * at one observation alone, so its phases are where things are, not what was done before.
 */

/** @param scale m that a full action moves the end effector by */
export type Program = (obs: Float32Array, scale: number) => readonly number[];

/** How far behind the object a push begins, and how high the hand passes over it, m. */
const runUp = 0.065;
const overhead = 0.1;
/** Height of the fingers' ends while they push, m. */
const low = 0.02;
/** Nearest to the line from the object to the goal, and farthest from the object, that a push goes on from, m. */
const beside = 0.01;
const contact = 0.024;

/** Metres of height for each that the hand is away from where it comes down. */
const funnel = 4;

/** Pushes along the line from the object to its goal: over the object, down behind it, and ahead, a little at a time. */
const push: Program = (obs, scale) => {
  const [x, y, z] = obs;
  const { objectX, objectY, way, alongX, alongY } = lineIn(obs);
  const aside = (y - objectY) * alongX - (x - objectX) * alongY;
  const along = (x - objectX) * alongX + (y - objectY) * alongY;
  const isBehind = Math.abs(aside) < beside && along < -contact;
  if (isBehind && z < low + 0.02) {
    // Ahead, and back to the line by as much as the hand is beside it.
    const ahead = Math.min(0.5 * scale, 0.02 + 0.3 * way);
    return towards([ahead * alongX + aside * alongY, ahead * alongY - aside * alongX, low - z], scale);
  }
  const [startX, startY] = [objectX - runUp * alongX, objectY - runUp * alongY];
  return comingDown([startX - x, startY - y], z, scale);
};

/** Radius of the object that slides, and how far behind it a strike begins, m. */
const puck = 0.03;
const swing = 0.05;
/** Half of the sides of the closed fingers, m: along x, and along y. */
const fingers = [0.0105, 0.015] as const;
/** Sideways part of a direction from which on a corner of the fingers strikes, and not their face. */
const oblique = 0.1;
/** What slows the object, m/s^2, and how much faster than it needs it is let go, m/s. */
const braking = 0.2;
const spare = 0.15;

/**
 * Strikes the object along the line to its goal, which is beyond the arm's reach, and lets it slide through it. A round thing is
 * pushed off along the normal where it is struck: by a corner of the fingers where that is not the normal of their face.
 */
const slide: Program = (obs, scale) => {
  const [x, y, z] = obs;
  const { objectX, objectY, way, alongX, alongY } = lineIn(obs);
  const speed = obs[12] * alongX + obs[13] * alongY;
  const isSliding = speed > spare && speed > Math.sqrt(2 * braking * way) + spare;
  // Where the hand is when what strikes touches the object.
  const corner = Math.min(1, Math.max(-1, alongY / oblique));
  const [hitX, hitY] = [
    objectX - puck * alongX - Math.sign(alongX) * fingers[0],
    objectY - puck * alongY - corner * fingers[1],
  ];
  if (isSliding) return towards([0, 0, overhead - z], scale);
  const aside = (y - hitY) * alongX - (x - hitX) * alongY;
  const along = (x - hitX) * alongX + (y - hitY) * alongY;
  if (Math.abs(aside) < beside && along < 0.01 && along > -2 * swing && z < low + 0.02) {
    return towards([scale * alongX + aside * alongY, scale * alongY - aside * alongX, low - z], scale);
  }
  const [startX, startY] = [hitX - swing * alongX, hitY - swing * alongY];
  return comingDown([startX - x, startY - y], z, scale);
};

/** Height above the object's middle at which the fingers hold it, and from which they come down, m. */
const graspHeight = 0;
const above = 0.08;
/** Width of the object, and of open fingers, m. */
const objectWidth = 0.04;
const open = 0.07;

/** Opens the fingers above the object, comes down around it, closes them and carries it to the goal. */
const pickAndPlace: Program = (obs, scale) => {
  const [x, y, z] = obs;
  const width = obs[6];
  const [objectX, objectY, objectZ] = obs.subarray(7, 10);
  const [goalX, goalY, goalZ] = obs.subarray(22, 25);
  const [offX, offY] = [objectX - x, objectY - y];
  const off = Math.hypot(offX, offY);
  const isHolding = off < 0.025 && Math.abs(z - objectZ) < 0.025 && width < objectWidth + 0.003;
  if (isHolding) {
    // Slowly at first: the fingers take some steps to press as hard as they can.
    const speed = Math.min(0.5, 0.12 + 8 * Math.max(0, objectZ - objectWidth / 2));
    return [...towards([goalX - objectX, goalY - objectY, goalZ - objectZ], scale, speed), -1];
  }
  if (off < 0.012 && z - objectZ < 0.015) return [...towards([offX, offY, objectZ + graspHeight - z], scale), -1];
  const isOpen = width > open - 0.01;
  const closing = isOpen ? Math.min(above, funnel * Math.max(0, off - 0.006)) : above;
  return [...descending([offX, offY, objectZ + graspHeight + closing - z], scale), 1];
};

/** By the name of the task. */
export const programs: Readonly<Record<string, Program>> = {
  'panda-push': push,
  'panda-slide': slide,
  'panda-pick-and-place': pickAndPlace,
};

/** The action that moves the end effector by so many m, as far as a part of the full one goes. */
function towards(move: readonly number[], scale: number, most = 1): number[] {
  return move.map((distance) => Math.min(most, Math.max(-most, distance / scale)));
}

/** The same, down at half of the speed. */
function descending([x, y, z]: readonly [number, number, number], scale: number): number[] {
  return towards([x, y, Math.max(z, -0.4 * scale)], scale);
}

/** The line along the table from an object that is pushed to its goal: how long it is, and its direction. */
function lineIn(obs: Float32Array) {
  const [objectX, objectY] = obs.subarray(6, 8);
  const [goalX, goalY] = obs.subarray(21, 23);
  const way = Math.max(1e-6, Math.hypot(goalX - objectX, goalY - objectY));
  return { objectX, objectY, way, alongX: (goalX - objectX) / way, alongY: (goalY - objectY) / way };
}

/**
 * Over the object to where a push begins: up first, so that the hand takes nothing along, and down in a funnel, for what comes down fast
 * drifts.
 * @param away way to the place from the hand, m
 * @param z height of the hand, m
 */
function comingDown([x, y]: readonly [number, number], z: number, scale: number): number[] {
  const height = Math.min(overhead, low + funnel * Math.max(0, Math.hypot(x, y) - 0.01));
  const sideways = z > height - 0.03 ? 1 : 0;
  return descending([sideways * x, sideways * y, height - z], scale);
}
