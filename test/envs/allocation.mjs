// Bytes that a control step of an arm allocates in JavaScript once everything is compiled, as JSON: run with a young generation
// that nothing of the measurement fills, so that nothing is collected before it is counted.
const [dist] = process.argv.slice(2);
const { loadPhysics } = await import(`${dist}/envs/sim/rapier.js`);
const { width } = await import(`${dist}/envs/spec.js`);
const { configureEnv, envOf } = await import(`${dist}/envs/tasks/index.js`);

await loadPhysics();
const slots = 64;
const env = envOf(configureEnv('panda-reach-joints', { options: { endsOnSuccess: false, horizon: 10_000 } }));
const act = Float32Array.from({ length: slots * width(env.spec.act) }, (_, k) => Math.sin(k));
const batch = env.open(slots);
for (let slot = 0; slot < slots; slot++) batch.start(slot, slot);

function perStep(steps) {
  const before = process.memoryUsage();
  for (let t = 0; t < steps; t++) batch.step(act);
  const after = process.memoryUsage();
  return {
    heap: (after.heapUsed - before.heapUsed) / steps / slots,
    outside: (after.external - before.external) / steps / slots,
  };
}

perStep(200);
process.stdout.write(JSON.stringify(perStep(100)), () => process.exit());
