import { stream } from '../../envs/math/random.ts';
import { followLeaders } from '../../envs/model/tree.ts';
import type { Arm } from '../../envs/model/types.ts';

/** Targets of every joint of an arm at every control step. */
export type Motion = readonly (readonly number[])[];

/** 3 s of motion in control steps of 0.04 s. */
const controlSteps = 75;

/** What a radian is to a joint that slides, m. */
const slide = 0.2;

/** Motions about an arm's home; mimics follow their leaders. */
export function motionsOf(arm: Arm) {
  const limits = arm.joints.map(({ low = -Infinity, high = Infinity }) => [low, high]);
  const scale = arm.joints.map(({ kind }) => (kind === 'prismatic' ? slide : 1));

  const clipped = (target: readonly number[]) => {
    const within = (angle: number, i: number) => Math.min(Math.max(angle, limits[i][0]), limits[i][1]);
    return followLeaders(arm, target.map(within)).map(within);
  };
  const perStep = (target: (step: number, joint: number) => number): Motion =>
    Array.from({ length: controlSteps }, (_, s) =>
      clipped(arm.home.map((start, j) => start + scale[j] * target(s, j))),
    );

  return {
    /** Sines of 0.3 rad and 0.8 s that the motors can follow. */
    smooth: perStep((s, j) => 0.3 * Math.sin(0.3 * s + j) - 0.3 * Math.sin(j)),
    /** Jumps of 0.5 rad, which keep the motors at their force limits most of the time. */
    squares: [0.25, 0.35, 0.45].map((pace) =>
      perStep((s, j) => (s > 0 ? 0.25 * Math.sign(Math.sin(pace * s + j)) : 0)),
    ),
    /** Fast sines of 0.15 rad: the motors come to their force limits twice in each, and lag behind. */
    forced: [0.7, 0.8, 0.9, 1].map((pace) => perStep((s, j) => 0.15 * Math.sin(pace * s + j) - 0.15 * Math.sin(j))),
    /** The random steps of up to 0.05 rad that an untrained policy takes. */
    taskMotion(seed: number): Motion {
      const random = stream(seed, 'noise');
      let target: number[] = [...arm.home];
      return Array.from({ length: controlSteps }, () => {
        target = clipped(target.map((angle, j) => angle + scale[j] * random.between(-0.05, 0.05)));
        return target;
      });
    },
  };
}
