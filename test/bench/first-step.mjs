// Preloaded into a program (node --import): says when its first simulated step was done, in ms since 1970, and ends it.
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const { Instance, instantiate } = WebAssembly;
WebAssembly.instantiate = async (...args) => {
  const { module, instance } = await instantiate(...args);
  return { module, instance: watched(instance) };
};
WebAssembly.Instance = new Proxy(Instance, { construct: (Made, args) => watched(new Made(...args)) });

function watched(instance) {
  const step = instance?.exports.rawphysicspipeline_step;
  if (!step || !isMainThread) return instance;
  const exports = {
    ...instance.exports,
    rawphysicspipeline_step(...operands) {
      step(...operands);
      writeSync(1, `\nfirst step ${performance.timeOrigin + performance.now()}\n`);
      process.exit();
    },
  };
  return { exports };
}
