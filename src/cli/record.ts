import { Command } from 'commander';
import { episodeSeed } from '../../envs/math/random.ts';
import { commandLine } from '../report/format.ts';
import { collect } from '../rollout/collect.ts';
import { controllers } from '../rollout/controllers.ts';
import { loadEngine } from '../run/engine.ts';
import { checkOutput, writeWhole } from '../run/files.ts';
import { cutOff, fitting } from '../run/limits.ts';
import { openActor } from '../run/policy.ts';
import { recordingOf } from '../run/recording.ts';
import { addEngineFlag, type EngineFlags, integer, withExamples } from './command.ts';
import { addModuleFlags, environmentNamed, finderFor, finderWithMeshes, type ModuleFlags } from './modules.ts';
import { printJson, printLines, warn } from './output.ts';
import { addWorldFlag } from './randomize-flag.ts';

interface RecordFlags extends ModuleFlags, EngineFlags {
  readonly episodes: number;
  readonly out: string;
  readonly seed: number;
  readonly stochastic?: boolean;
  readonly policy?: string;
  readonly randomize?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function recordCommand(): Command {
  const command = new Command('record')
    .description('run a policy and save its rollouts')
    .argument('<run>', "a run's folder or a policy file; with --policy, an environment will do")
    .requiredOption('--out <file>', 'file to write')
    .option('--episodes <integer>', 'episodes', integer(1, 100_000), 10)
    .option('--seed <integer>', 'seed of the goals and the action noise', integer(0), 0)
    .option('--stochastic', 'sample the actions, as in training, instead of taking their mean')
    .option('--policy <name>', `record a controller instead (${Object.keys(controllers).join(', ')})`)
    .option('--force', 'replace the file if it is there')
    .option('--json', 'print one line of JSON');
  return withExamples(
    addModuleFlags(addEngineFlag(addWorldFlag(command))),
    'armature record runs/panda-reach-joints-s0 --episodes 20 --out reach.safetensors',
    'armature record runs/panda-reach-joints-s0 --stochastic --seed 7 --out noisy.safetensors',
    'armature record runs/panda-reach-joints-s0 --engine mujoco --out mujoco.safetensors',
  ).action(execute);
}

async function execute(run: string, flags: RecordFlags): Promise<void> {
  const { episodes, out, seed, stochastic, policy, force, json } = flags;
  checkOutput(out, force);
  const engine = await loadEngine(flags.engine);
  const { env, actor, provenance } = await openActor(
    run,
    { controller: policy, dynamics: flags.randomize, engine },
    finderWithMeshes(run, finderFor(run, flags, 'named')),
    await environmentNamed(run, flags),
  );
  const trajectories = collect(env, actor, {
    seedOf: (episode) => episodeSeed(seed, 'recording', 1, episode),
    until: { episodes },
    deterministic: !stochastic,
  });
  const kept = fitting(env.spec, trajectories);
  if (kept.length < trajectories.length) warn(cutOff(out, kept.length, trajectories.length));
  writeWhole(out, await recordingOf(env, kept, provenance));
  const steps = kept.reduce((sum, trajectory) => sum + trajectory.steps, 0);
  if (json) printJson({ type: 'result', episodes: kept.length, steps, file: out });
  else {
    printLines([`${kept.length} episodes, ${steps} steps, saved in ${out}`, `watch them: ${commandLine('view', out)}`]);
  }
}
