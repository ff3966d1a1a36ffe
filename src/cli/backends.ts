import { createEnv } from '../../envs/sim/env.ts';
import { backends, defaultBackend } from '../policy/network/index.ts';
import { count } from '../report/format.ts';
import type { RunPlan } from '../run/folder.ts';
import type { TrainConfig } from '../train/config.ts';
import { policyFor } from '../train/learner.ts';
import { printJson } from './command.ts';
import { isUsable, type Probe, probe, type Workload } from './probe.ts';
import type { RuntimeOptions } from './training.ts';

/** The plan with the backend that is fastest for it here, where `auto` was asked for; says what was measured. */
export async function withFastest(
  plan: RunPlan,
  asked: string | undefined,
  { json, workers }: RuntimeOptions,
): Promise<RunPlan> {
  if (asked !== 'auto') return plan;
  const workload = gradientOf(plan.config);
  const probes: Probe[] = [];
  // One after another: they would take each other's cores.
  for (const name of Object.keys(backends)) probes.push(await probe(name, { ...workload, workers }));
  const usable = probes.filter(isUsable).sort((a, b) => (a.ms as number) - (b.ms as number));
  const backend = usable[0]?.name ?? defaultBackend.name;
  const unusable = probes.filter((each) => 'obstacle' in each);
  if (json) {
    const ms = Object.fromEntries(usable.map((each) => [each.name, each.ms]));
    const why = Object.fromEntries(unusable.map(({ name, reason }) => [name, reason]));
    printJson({ type: 'backend', backend, ...workload, ms, unusable: why });
  } else {
    const times = usable.map(({ name, ms }) => `${name} ${(ms as number).toPrecision(3)} ms`).join(', ') || 'no time';
    const others = unusable.length ? `; not usable: ${unusable.map(({ name }) => name).join(', ')}` : '';
    const what = `a gradient of ${count(workload.rows)} rows through ${workload.widths.join('-')}`;
    process.stdout.write(`backend ${backend}: ${what} takes ${times}${others}\n`);
  }
  return { ...plan, config: { ...plan.config, backend } };
}

/** What a run's gradients are taken of; of a batch that is counted in episodes, at most. */
function gradientOf(config: TrainConfig): Omit<Workload, 'workers'> {
  const env = createEnv(config.env);
  const { batch, batchEpisodes, minibatch, reuse } = config.options as Readonly<Record<string, number>>;
  const steps = Math.min(batchEpisodes ? batchEpisodes * env.spec.horizon : batch, config.steps) * (1 + reuse);
  return { widths: policyFor(env, config).widths, rows: Math.min(steps, minibatch ?? steps) };
}
