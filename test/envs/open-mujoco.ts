import type { MjData, MjModel } from '@mujoco/mujoco';
import { loadMujocoModule } from '../../envs/sim/mujoco.ts';

/** A MuJoCo simulation of one model. */
export interface Mujoco {
  reset(q: ArrayLike<number>, dq?: ArrayLike<number>): void;
  /** Joint angles, rad. */
  q(): number[];
  /** Joint velocities, rad/s. */
  dq(): number[];
  /** Makes a number of steps with these controls. */
  step(control: ArrayLike<number>, steps: number): void;
  free(): void;
}

/**
 * @param xml a model in MuJoCo's own format
 * @throws MujocoMissing
 */
export async function openMujoco(xml: string): Promise<Mujoco> {
  const mujoco = await loadMujocoModule();
  const model: MjModel = mujoco.MjModel.from_xml_string(xml);
  const data: MjData = new mujoco.MjData(model);
  // The views are taken anew each time: they fall off the memory when it grows.
  const view = (name: 'qpos' | 'qvel' | 'ctrl'): Float64Array => data[name];
  return {
    reset(q, dq) {
      mujoco.mj_resetData(model, data);
      view('qpos').set(q);
      if (dq) view('qvel').set(dq);
      mujoco.mj_forward(model, data);
    },
    q: () => Array.from(view('qpos')),
    dq: () => Array.from(view('qvel')),
    step(control, steps) {
      view('ctrl').set(control);
      for (let i = 0; i < steps; i++) mujoco.mj_step(model, data);
    },
    free() {
      data.delete();
      model.delete();
    },
  };
}
