// Trains for 2,000 small iterations, with an evaluation now and then, and prints the resident memory on the way, in bytes by
// iteration, as JSON. Run with --expose-gc: what is not collected yet is no leak.
const [dist] = process.argv.slice(2);
const { loadPhysics } = await import(`${dist}/envs/sim/rapier.js`);
const { configureTraining, learnerOf } = await import(`${dist}/src/train/config.js`);
const { trainOn } = await import(`${dist}/src/train/train.js`);

await loadPhysics();
const config = configureTraining({
  env: 'panda-reach-joints',
  steps: 1e9,
  envOptions: { horizon: 5, endsOnSuccess: false },
  options: { batch: 50, hiddenWidth: 8, baseline: 'value', evalEvery: 5000 },
});
const resident = {};

async function train(iterations) {
  for (const { iteration } of trainOn(learnerOf(config), { iterations, untilSolved: false })) {
    // Handles that the binding leaves to V8 are finalised between two turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (iteration !== 50 && iteration % 500) continue;
    for (let k = 0; k < 3; k++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    resident[iteration] = process.memoryUsage.rss();
  }
}

// V8 compiles and optimises for a while, and keeps what it made: some 20 MB that have nothing to do with how long a run is.
await train(500);
await train(2000);
process.stdout.write(JSON.stringify(resident), () => process.exit());
