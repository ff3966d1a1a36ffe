import type { Ease, Env, EnvBatch } from '../../envs/env.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import { tasks } from '../../envs/tasks/index.ts';
import { contactWidth, mostContacts } from '../../envs/trajectory.ts';
import { digestOf } from '../../src/queue/self-check.ts';
import { contactTasks, crowd } from '../envs/crowd.ts';
import { openEnv, randomAction } from '../envs/support.ts';
import { meetingsOf } from '../golden/meetings.ts';

/**
 * Arms that are thrown about among things by actions of full strength, in episodes of random lengths: contacts come and go in every
 * order. The module runs in Node and in a browser, so it may use neither fs nor DOM.
 */

/** What the episodes of an environment come to. */
export interface Thrown {
  /** Of all that they show. */
  readonly digest: string;
  /** Points at which the arms meet what is not of them. */
  readonly meetings: number;
}

/** By environment; each episode beside others, in worlds of so many arms. */
export async function thrownArms(slots: number): Promise<Record<string, Thrown>> {
  await loadPhysics();
  const found: Record<string, Thrown> = { 'a table full of things': await throwAbout(crowd(), slots) };
  for (const name of contactTasks) {
    const controls = 'control' in tasks[name].options ? ['end-effector', 'joints'] : [undefined];
    for (const control of controls) {
      const env = openEnv(name, 'panda', { endsOnSuccess: false, ...(control && { control }) });
      // Hands begin by the object, each at another posture: every world is made anew.
      const ease = env.canEase ? { distance: 1, assisted: 1 } : undefined;
      found[control ? `${name} by ${control}` : name] = await throwAbout(env, slots, ease);
    }
  }
  return found;
}

/** These are the same however many slots there are. */
const episodes = 6;

async function throwAbout(env: Env, slots: number, ease?: Ease): Promise<Thrown> {
  const batch = env.open(slots, ease);
  const size = width(env.spec.act);
  const others = stream(slots, 'noise');
  const shown: (Float32Array | Float64Array)[] = [];
  let meetings = 0;
  for (let episode = 0; episode < episodes; episode++) {
    const [slot, random] = [episode % slots, stream(episode, 'noise')];
    const length = 10 + random.below(35);
    batch.start(slot, 300 + episode);
    shown.push(...shownBy(batch, slot));
    let own = new Float32Array(size);
    for (let t = 0; t < length && !batch.last[slot]; t++) {
      if (t % 5 === 0) own = own.map(() => (random.uniform() < 0.5 ? -1 : 1));
      startOthers(batch, slot, t, others);
      const act = randomAction(slots * size, others);
      act.set(own, slot * size);
      batch.step(act);
      shown.push(...shownBy(batch, slot));
      meetings += meetingsOf(env.scene, contactsOf(batch, slot));
    }
  }
  batch.close();
  return { digest: await digestOf(shown), meetings };
}

/** Those beside an episode end and begin while it runs. */
function startOthers(batch: EnvBatch, slot: number, t: number, random: Random): void {
  for (let other = 0; other < batch.slots; other++) {
    if (other !== slot && (t === 0 || batch.last[other] || t % 7 === other)) batch.start(other, random.below(1e6));
  }
}

function shownBy(batch: EnvBatch, slot: number): (Float32Array | Float64Array)[] {
  const { obs, reward, terms, pose, last, fault } = batch;
  const own = [obs, reward, terms, pose].map((array) => {
    const size = array.length / batch.slots;
    return array.slice(slot * size, (slot + 1) * size);
  });
  return [...own, contactsOf(batch, slot), Float32Array.of(last[slot], fault[slot])];
}

function contactsOf({ contacts, contact_count }: EnvBatch, slot: number): Float32Array {
  const first = slot * mostContacts * contactWidth;
  return (contacts as Float32Array).slice(first, first + contactWidth * (contact_count as Float32Array)[slot]);
}
