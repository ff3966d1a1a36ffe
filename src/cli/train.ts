import { Command } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { backends } from '../policy/network/index.ts';
import { RunWriter } from '../run/writer.ts';
import { createLearner } from '../train/learner.ts';
import { withFastest } from './backends.ts';
import { withExamples } from './command.ts';
import { addForkOption, resume } from './resume.ts';
import { conduct } from './training.ts';
import { addTrainingOptions, type Given, planFrom, runtimeOptionsOf } from './training-options.ts';

export function trainCommand(): Command {
  const command = new Command('train')
    .description('train a policy, and save it with its history and rollouts')
    .argument('[env]', 'environment; `armature envs` lists them')
    .option(
      '--resume <run>',
      "go on with a run that was stopped or killed, as `armature resume` does; the run's own <env>",
    );
  addForkOption(command);
  addTrainingOptions(command);
  return withExamples(
    command,
    'armature train panda-reach-joints',
    'armature train panda-reach --seed 3 --until-solved --set relativeGoal=true',
    'armature train reacher --steps 200000 --gamma 0.95 --out runs/mine',
    'armature train --resume runs/mine',
  ).action((env: string | undefined, given: Given & { readonly resume?: string }) => execute(env, given));
}

async function execute(env: string | undefined, given: Given & { readonly resume?: string }): Promise<void> {
  if (given.resume !== undefined) return resume(given.resume, env, given);
  if (env === undefined) throw new UsageError("missing required argument 'env'; `armature envs` lists them");
  if (given.fork) throw new UsageError('--fork needs a run to start from: --resume <run>');
  const manner = runtimeOptionsOf(given);
  const plan = await withFastest(planFrom(env, given), given.backend, manner);
  const backend = await backends[plan.config.backend].load();
  const learner = createLearner(plan.config, manner.hands.on(backend));
  if (plan.limits.untilSolved && learner.env.scene.goalRadius === 0) {
    throw new UsageError(`--until-solved needs a goal to reach; ${env} has none: give --steps instead`);
  }
  await conduct(learner, plan, await RunWriter.create(given.out, plan, backend), manner);
}
