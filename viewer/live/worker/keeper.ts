/** Writes the files of a run while it trains. */
import type { Trajectory } from '../../../envs/trajectory.ts';
import { names } from '../../../src/run/folder.ts';
import { fitting } from '../../../src/run/limits.ts';
import { faultRecording, provenanceOf, recordingOf } from '../../../src/run/recording.ts';
import type { Origin } from '../../../src/train/non-finite.ts';
import type { Iteration } from '../../../src/train/train.ts';
import { type PageRun, writeRun } from './page-run.ts';
import { whyNotKept } from './reasons.ts';

/** So long training goes on before what it came to is written, ms: what a tab that is closed has to train again. */
const saveEvery = 1000;

export interface Keeper {
  /** Takes in an iteration, and writes what is due. */
  log(iteration: Iteration): Promise<void>;
  /** Takes in what the present policy does, to be seen as it learns. */
  record(episodes: readonly Trajectory[]): Promise<void>;
  /** Takes in the rollouts that the run ends with. */
  finish(episodes: readonly Trajectory[]): Promise<void>;
  /** Writes the episode in which a number was none. */
  fault(origin: Origin): Promise<void>;
  /** Writes all that there is. */
  all(): Promise<void>;
}

/**
 * @param tell of a problem, in words, where the files cannot be written: they stay in memory, and are written once they can be, of which
 * is told by no words
 */
export function createKeeper(run: PageRun, tell: (problem: string) => void): Keeper {
  const { learner, content } = run;
  let [savedAt, problem] = [performance.now(), ''];
  const write = async () => {
    savedAt = performance.now();
    const found = await writeRun(run).then(() => '', whyNotKept);
    if (found !== problem) tell(found);
    problem = found;
  };
  const recorded = (episodes: readonly Trajectory[]) =>
    recordingOf(learner.env, fitting(learner.env.spec, episodes), provenanceOf(learner));
  return {
    async log(iteration) {
      if (await content.log(learner, iteration, performance.now() - savedAt >= saveEvery)) await write();
    },
    async record(episodes) {
      if (episodes.length) content.record(learner, await recorded(episodes));
    },
    async finish(episodes) {
      content.pending.set(names.rollouts, await recorded(episodes));
    },
    async fault(origin) {
      content.pending.set(names.fault, await faultRecording(learner, origin));
      await write();
    },
    async all() {
      await content.save(learner);
      await write();
    },
  };
}
