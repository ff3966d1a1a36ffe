/**
 * Episodes by several Web Workers, which are told what to run and send what came of it by messages: for that a page need not be isolated.
 * In one that is, they read what the policy has learned out of memory that they share.
 */
import type { EnvSpec } from '../../../envs/spec.ts';
import type { Trajectory } from '../../../envs/trajectory.ts';
import { type PolicySnapshot, snapshotOf } from '../../../src/rollout/acting-policy.ts';
import { createEpisodeShares, type EpisodeShares } from '../../../src/rollout/episode-shares.ts';
import type { PolicyConfig } from '../../../src/rollout/policy-config.ts';
import { envFor, type RollOutAsync, rollOut } from '../../../src/rollout/rollout.ts';
import { unpack } from '../../../src/rollout/workers/transfer.ts';
import type { Answer, EpisodesRequest, Request } from './messages.ts';

/** A worker that has not been heard of for so long is lost, ms. */
const patience = 20_000;
const lookEvery = 1000;

/** So many workers may be lost before the rest go on without others in their place. */
const mostLosses = 8;

interface Member {
  readonly worker: Worker;
  /** Whether it has loaded all that it needs: until then nobody waits for it. */
  isReady: boolean;
  /** What it runs. */
  episodes: readonly number[];
  heardAt: number;
}

/** A rollout that goes on. */
interface Rollout {
  readonly id: number;
  readonly spec: EnvSpec;
  readonly shares: EpisodeShares;
  readonly ask: Omit<EpisodesRequest, 'episodes'>;
  readonly resolve: (episodes: readonly Trajectory[]) => void;
  /** Has the episodes run on the thread that asks, where what is wrong with them shows. */
  readonly giveUp: () => void;
}

/** Workers that load what they need ahead of the training that they are for. */
const spares: Worker[] = [];

/** Has so many be ready for the next pool; of one the calling worker does without. */
export function prepareMembers(count: number): void {
  for (let i = spares.length; count > 1 && i < count; i++) {
    const worker = startMember();
    if (!worker) return;
    worker.postMessage({ type: 'prepare', members: 0 } satisfies Request);
    spares.push(worker);
  }
}

/** Undefined where a worker may start no other, as in a page that is one file on a disk: the calling one runs the episodes then. */
function startMember(): Worker | undefined {
  try {
    return new Worker(self.location.href, { type: 'module', name: 'episodes' });
  } catch {
    return undefined;
  }
}

/** The same for all workers without a copy for each: new memory for every rollout, for one that comes late may read still. */
function inSharedMemory({ theta, normalizer, baseline }: PolicySnapshot): PolicySnapshot {
  const shared = (numbers: Float64Array) => {
    const copy = new Float64Array(new SharedArrayBuffer(numbers.byteLength));
    copy.set(numbers);
    return copy;
  };
  const { count, mean, squares } = normalizer;
  return {
    theta: shared(theta),
    normalizer: { count, mean: shared(mean), squares: shared(squares) },
    baseline: Object.fromEntries(Object.entries(baseline).map(([name, numbers]) => [name, shared(numbers)])),
  };
}

/** Workers that run episodes; of a size of 1 the calling one does, alone. */
export class Pool {
  readonly #policy: PolicyConfig;
  readonly #resting: () => number;
  readonly #members = new Set<Member>();
  readonly #watch: ReturnType<typeof setInterval>;
  #rollout: Rollout | null = null;
  #rollouts = 0;
  /** Workers lost since one last sent episodes. */
  #losses = 0;

  /** @param resting how many are given nothing to run, at most all but one; which episodes count does not depend on it */
  constructor(policy: PolicyConfig, size: number, resting: () => number) {
    this.#policy = policy;
    this.#resting = resting;
    for (let i = 0; size > 1 && i < size; i++) this.#start();
    for (const worker of spares.splice(0)) worker.terminate();
    this.#watch = setInterval(() => {
      const since = performance.now() - patience;
      for (const member of [...this.#members]) {
        if (member.episodes.length && member.heardAt < since) this.#lose(member);
      }
    }, lookEvery);
  }

  readonly rollOut: RollOutAsync = async (acting, request) => {
    const ready = this.#ready().length;
    if (!ready) return rollOut(acting, request);
    const { spec } = envFor(acting, request);
    const shares = createEpisodeShares(request.until, spec.horizon, this.#most(ready));
    const id = ++this.#rollouts;
    const found = await new Promise<readonly Trajectory[] | null>((resolve) => {
      const snapshot = self.crossOriginIsolated ? inSharedMemory(snapshotOf(acting)) : snapshotOf(acting);
      const ask = { type: 'episodes', id, snapshot, request } as const;
      this.#rollout = { id, spec, shares, ask, resolve, giveUp: () => resolve(null) };
      this.#hand();
    });
    this.#rollout = null;
    return found ?? rollOut(acting, request);
  };

  close(): void {
    clearInterval(this.#watch);
    for (const { worker } of this.#members) worker.terminate();
  }

  /** How many of those that are ready run episodes at a time. */
  #most(ready: number): number {
    return Math.max(1, ready - this.#resting());
  }

  #ready(): Member[] {
    return [...this.#members].filter(({ isReady }) => isReady);
  }

  #start(): void {
    const worker = spares.shift() ?? startMember();
    if (!worker) return;
    const member: Member = { worker, isReady: false, episodes: [], heardAt: performance.now() };
    this.#members.add(member);
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#hear(member, data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#lose(member);
    });
    worker.postMessage({ type: 'join', policy: this.#policy } satisfies Request);
  }

  /** Has another worker take the place of one, and its episodes run again. */
  #lose(member: Member): void {
    if (!this.#members.delete(member)) return;
    member.worker.terminate();
    this.#rollout?.shares.giveBack(member.episodes);
    if (++this.#losses <= mostLosses) this.#start();
    this.#hand();
  }

  #hear(member: Member, answer: Answer): void {
    member.heardAt = performance.now();
    if (answer.type === 'joined') member.isReady = true;
    if (answer.type === 'failed') this.#rollout?.giveUp();
    if (answer.type !== 'episodes') return;
    member.episodes = [];
    const rollout = this.#rollout;
    // What is left of a rollout before came too late to count.
    if (answer.id === rollout?.id) {
      this.#losses = 0;
      for (const { episode, trajectory } of unpack(answer.packed, rollout.spec))
        rollout.shares.add(episode, trajectory);
    }
    this.#hand();
  }

  /** Gives those something to run that have nothing; ends the rollout once it is complete. */
  #hand(): void {
    if (!this.#rollout) return;
    const { shares, ask, resolve, giveUp } = this.#rollout;
    if (shares.isComplete()) return void resolve(shares.result());
    const ready = this.#ready();
    if (!ready.length) return void giveUp();
    const idle = ready.filter(({ episodes }) => !episodes.length);
    const busy = ready.length - idle.length;
    for (const member of idle.slice(0, Math.max(0, this.#most(ready.length) - busy))) {
      member.episodes = shares.next();
      if (!member.episodes.length) return;
      member.heardAt = performance.now();
      member.worker.postMessage({ ...ask, episodes: member.episodes } satisfies Request);
    }
  }
}
