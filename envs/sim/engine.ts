import type { EngineVersion } from '../env.ts';
import type { Task } from '../task.ts';
import type { Drive } from './plan.ts';
import type { SimulatedArms } from './simulation.ts';

/** What is simulated of a task. */
export interface EngineTask extends Pick<Task, 'scene' | 'physics'> {
  readonly controller: Drive;
}

/** What simulates a task in place of Rapier: the same scene, motors and control steps in another engine. */
export interface Engine extends EngineVersion {
  open(task: EngineTask, slots: number): SimulatedArms;
}
