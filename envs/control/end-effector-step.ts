import type { Quat, Vec3 } from '../math/rotation.ts';
import { inverseKinematics } from '../model/kinematics.ts';
import type { Arm, Placed } from '../model/types.ts';
import type { Controller } from '../task.ts';

/** How the end effector is led. */
export interface EndEffectorSettings {
  /** Held all the while; null leaves it free. */
  readonly rotation: Quat | null;
  /** Lowest height of a target, m. */
  readonly floor: number;
  /** Iterations of inverse kinematics in a control step. */
  readonly iterations: number;
  /** Farthest that each joint's target may be from where the joint is, rad or m [J]; any if not given. */
  readonly farthest?: readonly number[];
}

/** A full action moves the end effector's target by `scale` m from where the end effector is, by inverse kinematics. */
export function endEffectorStep(
  arm: Placed<Arm>,
  scale: number,
  { rotation, floor, iterations, farthest }: EndEffectorSettings,
): Controller {
  return {
    spec: { kind: 'end-effector-step', scale, unit: 'm' },
    act: [
      {
        name: 'end_effector_step',
        size: 3,
        unit: `${scale} m`,
        low: -1,
        high: 1,
        description: 'moves the end effector from where it is',
      },
    ],
    drive: 'position',
    command(state, action, out) {
      const { position } = state.site(arm.model.tip);
      const target: Vec3 = [
        position[0] + scale * action[0],
        position[1] + scale * action[1],
        Math.max(floor, position[2] + scale * action[2]),
      ];
      out.set(inverseKinematics(arm, state.q, target, rotation, iterations));
      farthest?.forEach((most, i) => {
        out[i] = state.q[i] + Math.min(Math.max(out[i] - state.q[i], -most), most);
      });
    },
  };
}
