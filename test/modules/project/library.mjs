import { writeFile } from 'node:fs/promises';
import { gaussian, loadPolicy, ppo, train, valueNetwork } from '@armature-rl/armature';

const env = { module: new URL('./touch.ts', import.meta.url), options: { radius: 0.04 } };
const run = train({ env, algorithm: ppo(), policy: gaussian(), baseline: valueNetwork(), steps: 20_000, workers: 2 });
for await (const { envSteps, evaluation } of run) console.log(envSteps, evaluation?.successRate);
await writeFile('rollouts.safetensors', await run.record(8));

const policy = await loadPolicy(await run.policy()); // acts without a simulator
console.log(policy.act(new Float32Array(13)));
