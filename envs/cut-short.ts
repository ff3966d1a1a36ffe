import type { Env, EnvBatch } from './env.ts';

/**
 * An environment whose episodes are cut off after so many steps, as by a time limit: the same up to there, whatever the batch. Of a
 * budget of steps that makes more episodes, and so more starts and goals, where one is long.
 * @param steps the environment itself where 0, or as long as its own episodes
 */
export function cutShort(env: Env, steps: number): Env {
  if (!(steps > 0 && steps < env.spec.horizon)) return env;
  return {
    ...env,
    spec: { ...env.spec, horizon: steps },
    open: (slots, ease) => cutBatch(env.open(slots, ease), steps),
  };
}

function cutBatch(batch: EnvBatch, steps: number): EnvBatch {
  const { slots, obs, reward, terms, discount, last, success, fault, params, dynamics, pose } = batch;
  const { q, dq, contact_count, contacts } = batch;
  /** Steps that the episode in each slot has still to go; 0 where none runs. */
  const left = new Int32Array(slots);
  return {
    ...{ slots, obs, reward, terms, discount, last, success, fault, params, dynamics, pose },
    ...(q && dq && { q, dq }),
    ...(contact_count && contacts && { contact_count, contacts }),
    start(slot, seed) {
      batch.start(slot, seed);
      left[slot] = steps;
    },
    step(act, disturbances) {
      batch.step(act, disturbances);
      for (let slot = 0; slot < slots; slot++) {
        if (left[slot] === 0) continue;
        if (last[slot]) left[slot] = 0;
        else if (--left[slot] === 0) {
          last[slot] = 1;
          batch.stop?.(slot);
        }
      }
    },
    close: () => batch.close(),
  };
}
