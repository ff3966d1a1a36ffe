import { arms } from '../../envs/arms/index.ts';
import { stream } from '../../envs/math/random.ts';
import { limitsOf } from './support.ts';

/** Targets of every joint of the Panda at every control step. */
export type Motion = readonly (readonly number[])[];

const { panda } = arms;
const limits = panda.joints.map(limitsOf);

/** 3 s of motion in control steps of 0.04 s. */
const controlSteps = 75;

function clipped(target: readonly number[]): number[] {
  return target.map((angle, i) => Math.min(Math.max(angle, limits[i][0]), limits[i][1]));
}

function perStep(target: (step: number, joint: number) => number): Motion {
  return Array.from({ length: controlSteps }, (_, s) => clipped(panda.home.map((start, j) => start + target(s, j))));
}

/** Sines of 0.3 rad and 0.8 s that the motors can follow. */
export const smooth = perStep((s, j) => 0.3 * Math.sin(0.3 * s + j) - 0.3 * Math.sin(j));

/** Jumps of 0.5 rad, which keep the motors at their force limits most of the time. */
export const squares = [0.25, 0.35, 0.45].map((pace) =>
  perStep((s, j) => (s > 0 ? 0.25 * Math.sign(Math.sin(pace * s + j)) : 0)),
);

/** Fast sines of 0.15 rad: the motors come to their force limits twice in each, and lag behind. */
export const forced = [0.7, 0.8, 0.9, 1].map((pace) =>
  perStep((s, j) => 0.15 * Math.sin(pace * s + j) - 0.15 * Math.sin(j)),
);

/** The random steps of up to 0.05 rad that an untrained policy takes. */
export function taskMotion(seed: number): Motion {
  const random = stream(seed, 'noise');
  let target: number[] = [...panda.home];
  return Array.from({ length: controlSteps }, () => {
    target = clipped(target.map((angle) => angle + random.between(-0.05, 0.05)));
    return target;
  });
}
