import type { Engine } from './engine.ts';
import { loadMujocoModule } from './mujoco.ts';
import { MujocoArms } from './mujoco-arms.ts';

/** Longest step that MuJoCo is given, s: the one that it has where nothing is said. */
const usualTimestep = 0.002;

/**
 * MuJoCo as the engine of environments: `createEnv(task, config, { engine: await loadMujoco() })`.
 * @param timestep of MuJoCo, s: at most so long, and a whole part of the control step
 * @throws MujocoMissing where its package is not installed
 */
export async function loadMujoco(timestep = usualTimestep): Promise<Engine> {
  const mujoco = await loadMujocoModule();
  return {
    name: 'mujoco',
    version: mujoco.mj_versionString(),
    open: (task, slots) => new MujocoArms(mujoco, task, slots, timestep),
  };
}
