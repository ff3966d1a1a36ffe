import { kernelsVersion } from '../../envs/math/kernels.ts';
import { software } from '../../envs/recording/sealed.ts';
import { physicsVersion } from '../../envs/sim/physics.ts';
import type { NetBackend } from '../policy/network/types.ts';

/** Everything whose version could change a bit of a training run. */
export interface Versions {
  readonly software: string;
  readonly physics: string;
  readonly math: string;
  readonly network: string;
}

export function versionsOf({ name, version }: NetBackend): Versions {
  return { software, physics: `rapier ${physicsVersion}`, math: kernelsVersion, network: `${name} ${version}` };
}
