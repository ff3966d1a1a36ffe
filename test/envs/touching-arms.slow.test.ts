import { beforeAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import type { EnvBatch } from '../../envs/env.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import { distanceTo, pointsOn, withColliders } from '../../envs/model/colliders.ts';
import { touchingBodiesOf } from '../../envs/model/free-body.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import type { Arm, Shape } from '../../envs/model/types.ts';
import { reachOf } from '../../envs/model/workspace.ts';
import type { OptionValue } from '../../envs/options.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { apartIn } from '../../envs/sim/contact-simulation.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import { envOf, makeEnv } from '../../envs/tasks/index.ts';
import { contactNotes, contactsOf } from '../../src/robots/contacts.ts';
import { collect } from '../../src/rollout/collect.ts';
import { controllers, randomActor } from '../../src/rollout/controllers.ts';
import { openEnv, recorded, slotBytes } from './support.ts';
import { testWithContacts, touching } from './with-contacts.ts';

beforeAll(loadPhysics);

describe.each([
  ['reach', 'so101'],
  ['panda-reach', 'panda'],
])('%s with contacts, on %s', testWithContacts);

/** Full actions, each joint's sign held for a while: the arm slams into itself and all around it. */
function slamming(size: number, random: Random): () => Float32Array {
  let [act, left] = [new Float32Array(size), 0];
  return () => {
    if (left-- === 0) {
      act = act.map(() => (random.uniform() < 0.5 ? -1 : 1));
      left = 4 + random.below(15);
    }
    return act;
  };
}

/** What a slot shows, its contacts too. */
function shownBy(batch: EnvBatch, slot: number): string {
  const count = batch.contact_count?.[slot] ?? 0;
  const rows = batch.contacts?.subarray(slot * 512, slot * 512 + 8 * count) ?? [];
  return `${slotBytes(batch, slot).toString('base64')} ${count} ${Array.from(rows).join()}`;
}

describe('an arm that is slammed into itself and the table', () => {
  const env = touching('panda-reach-joints', 'panda', { endsOnSuccess: false, horizon: 60 });
  const size = width(env.spec.act);
  const seeds = Array.from({ length: 20 }, (_, k) => 700 + k);
  /** An episode of random length in a slot, while `disturb` does what it likes in the others. */
  const play = (batch: EnvBatch, slot: number, seed: number, disturb: (act: Float32Array, t: number) => void) => {
    const random = stream(seed, 'noise');
    const next = slamming(size, random);
    const steps = 20 + random.below(40);
    batch.start(slot, seed);
    const shown = [shownBy(batch, slot)];
    for (let t = 0; t < steps; t++) {
      const act = new Float32Array(batch.slots * size);
      disturb(act, t);
      act.set(next(), slot * size);
      batch.step(act);
      shown.push(shownBy(batch, slot));
    }
    return shown.join('\n');
  };
  const alone = (seed: number) => {
    const batch = env.open(1);
    const shown = play(batch, 0, seed, () => {});
    batch.close();
    return shown;
  };

  it('leaves no trace: an episode has the same bytes after any others, in any slot, beside any others', () => {
    const expected = seeds.map(alone);
    expect(new Set(expected).size).toBe(seeds.length);
    const one = env.open(1);
    const again = seeds.toReversed().map((seed) => play(one, 0, seed, () => {}));
    one.close();
    expect(again.toReversed().map((shown, k) => shown === expected[k])).not.toContain(false);
    const batch = env.open(5);
    const random = stream(9, 'noise');
    const others = slamming(5 * size, random);
    let other = 9000;
    for (const [k, seed] of seeds.entries()) {
      const found = play(batch, k % 5, seed, (act, t) => {
        act.set(others());
        for (let slot = 0; slot < 5; slot++) {
          if (slot !== k % 5 && (t === 0 || batch.last[slot] || (t + slot) % 11 === 0)) batch.start(slot, other++);
        }
      });
      expect(found === expected[k], `episode ${seed}`).toBe(true);
    }
    batch.close();
  });

  it('touches both, stays out of the table, and is never lost', () => {
    const names = touchingBodiesOf(env.scene);
    const apart = new Set(apartIn(env.scene).map((pair) => pair.names.toSorted().join()));
    const [batch, pairs] = [env.open(1), new Set<string>()];
    let [lowest, faults] = [0, 0];
    for (let seed = 0; seed < 30; seed++) {
      const next = slamming(size, stream(seed, 'noise'));
      batch.start(0, seed);
      while (!batch.last[0]) {
        batch.step(next());
        for (let c = 0; c < (batch.contact_count?.[0] ?? 0); c++) {
          const [a, b] = batch.contacts?.subarray(8 * c, 8 * c + 2) ?? [];
          pairs.add([names[a], names[b]].toSorted().join());
        }
        // Beside the table it gets lower.
        const isAbove = Math.abs(batch.obs[0]) < 0.2 && Math.abs(batch.obs[1]) < 0.3;
        if (isAbove) lowest = Math.min(lowest, batch.obs[2]);
      }
      faults += batch.fault[0];
    }
    batch.close();
    expect([...pairs].filter((pair) => pair.includes('table')).length).toBeGreaterThan(0);
    expect([...pairs].filter((pair) => !/table|floor/.test(pair)).length).toBeGreaterThan(0);
    expect([...pairs].filter((pair) => apart.has(pair))).toEqual([]);
    expect(lowest).toBeGreaterThan(-0.005);
    expect(faults).toBe(0);
  });
});

describe('a Panda that is sent down', () => {
  /** Lowest that the tip gets, m, and the largest force, N, where every step asks for less height. */
  const sent = (options: Record<string, OptionValue>) => {
    const env = openEnv('panda-reach-joints', 'panda', { endsOnSuccess: false, horizon: 50, ...options });
    const batch = env.open(1);
    batch.start(0, 3);
    let [lowest, cost] = [1, 0];
    while (!batch.last[0]) {
      batch.step(Float32Array.of(0, 1, 0, 0.3, 0, 0, 0));
      lowest = Math.min(lowest, batch.obs[2]);
      cost = Math.min(cost, batch.terms[1] ?? 0);
    }
    batch.close();
    return { lowest, cost };
  };

  it('is stopped by the table, and goes through it without contacts', () => {
    expect(sent({}).lowest).toBeLessThan(-0.1);
    const { lowest, cost } = sent({ contacts: true, contactCost: 0.01 });
    expect(lowest).toBeGreaterThan(-0.002);
    expect(lowest).toBeLessThan(0.01);
    expect(cost).toBeLessThan(-0.5);
  });
});

describe('what contacts cost', () => {
  const down = Float32Array.of(0, 0, -1);
  const walled = (options: Record<string, OptionValue>) => openEnv('panda-reach-obstacles', 'panda', options);

  it('is so much for every newton of all that touches', () => {
    const batch = walled({ contactCost: 0.03, endsOnSuccess: false }).open(1);
    batch.start(0, 1);
    let pressed = 0;
    while (!batch.last[0]) {
      // Sideways into the wall, which is at the height of the hand then.
      batch.step(batch.obs[2] > 0.1 ? down : Float32Array.of(-1, 0, 0));
      let sum = 0;
      for (let c = 0; c < (batch.contact_count?.[0] ?? 0); c++) {
        sum += Math.hypot(...(batch.contacts?.subarray(8 * c + 5, 8 * c + 8) ?? []));
      }
      expect(batch.terms[1]).toBeCloseTo(-0.03 * sum, 6);
      expect(batch.reward[0]).toBe(batch.terms[0] + batch.terms[1]);
      if (sum > 1) pressed++;
    }
    batch.close();
    expect(pressed).toBeGreaterThan(10);
  });

  it('may be the end of the episode, which is no success then', () => {
    const env = walled({ endsOnContact: true, contactCost: 0, endsOnSuccess: false });
    expect(env.spec.terms).toEqual(['distance']);
    const batch = env.open(1);
    batch.start(0, 1);
    let t = 0;
    for (; !batch.last[0]; t++) batch.step(batch.obs[2] > 0.1 ? down : Float32Array.of(-1, 0, 0));
    expect(t).toBeLessThan(50);
    expect([batch.discount[0], batch.fault[0], (batch.contact_count?.[0] ?? 0) > 0]).toEqual([0, 0, true]);
    batch.close();
  });

  it('is refused where nothing touches', () => {
    for (const [option, value] of [
      ['contactCost', 0.1],
      ['endsOnContact', true],
    ] as const) {
      expect(() => openEnv('reach', 'panda', { [option]: value })).toThrow(
        new RegExp(`^${option}=${value} needs contacts=true`),
      );
    }
    expect(() => openEnv('reacher', 'planar', { contacts: true })).toThrow(/reacher has no option "contacts"/);
  });

  it('is unknown to a configuration of before', () => {
    const { env, arm, options } = openEnv('reach', 'panda').config;
    const old = Object.entries(options).filter(([name]) => !/contact/i.test(name));
    const { scene, spec } = envOf({ env, arm, options: Object.fromEntries(old) });
    expect([scene.contacts, spec.terms]).toEqual([undefined, ['distance']]);
  });

  it('leaves goals on either side of the wall', () => {
    const batch = walled({}).open(1);
    const sides = [0, 0];
    for (let seed = 0; seed < 300; seed++) {
      batch.start(0, seed);
      const away = batch.params[0] + 0.02;
      expect(Math.abs(away)).toBeGreaterThan(0.07);
      sides[away < 0 ? 0 : 1]++;
    }
    batch.close();
    expect(Math.min(...sides)).toBeGreaterThan(60);
  });
});

describe('what of an arm touches', () => {
  it('is what is seen of it, to 2 % of its reach', () => {
    for (const arm of Object.values(arms)) {
      const most = 0.02 * reachOf(arm);
      withColliders(arm).bodies.forEach(({ colliders }, i) => {
        const { visuals } = arm.bodies[i];
        for (const solid of visuals as readonly Shape[]) {
          for (const point of pointsOn(solid)) {
            const away = Math.min(...colliders.map((shape) => distanceTo(shape as Shape, point)));
            expect(away, `${arm.name} ${arm.bodies[i].name}`).toBeLessThan(most);
          }
        }
        expect(colliders.length).toBeLessThanOrEqual(visuals.length);
      });
    }
  });

  it('is its own colliders where it has some, and nothing where it is seen by nothing', () => {
    const [base, ...rest] = arms.panda.bodies;
    const sphere = { kind: 'sphere', center: [0, 0, 0], radius: 0.1 } as const;
    const own: Arm = { ...arms.panda, bodies: [{ ...base, colliders: [sphere] }, ...rest] };
    expect(withColliders(own)).toBe(own);
    expect(contactsOf(own)).toEqual({ shapes: 1, joined: [], overlaps: [], without: rest.map(({ name }) => name) });
    const bare: Arm = { ...arms.panda, bodies: arms.panda.bodies.map((body) => ({ ...body, visuals: [] })) };
    expect(() => withColliders(bare)).toThrow(/arm panda: contacts need shapes to touch with/);
    expect(contactNotes(contactsOf(bare))[0]).toMatch(/^none: arm panda/);
  });

  it('leaves out bodies that a joint connects, and those that overlap at home, which are listed', () => {
    const planar = apartIn(touching('reach', 'planar').scene);
    expect(planar.filter(({ reason }) => reason === 'joint').map(({ names }) => names.toSorted())).toEqual([
      ['base', 'link1'],
      ['link1', 'link2'],
    ]);
    // It lies on the floor.
    const notes = contactNotes(contactsOf(arms.planar)).join();
    expect(notes).toContain('link1 and floor, link2 and floor');
    expect(notes).toContain('a joint connects them, and they pass through each other: base and link1, link1 and link2');
    // A ball around the Panda's elbow reaches links that no joint connects with it.
    const ball = { kind: 'sphere', center: [0, 0, 0], radius: 0.3, part: 'link' } as const;
    const fat: Arm = {
      ...arms.panda,
      bodies: arms.panda.bodies.map((body) => (body.name === 'link4' ? { ...body, visuals: [ball] } : body)),
    };
    const found = contactsOf(fat);
    if (typeof found === 'string') throw new Error(found);
    expect(found.overlaps.map((names) => names.join())).toEqual(['link1,link4', 'link2,link4']);
    // It rests at its home all the same.
    const batch = makeEnv('reach', { arm: { ...fat, name: 'fat' }, options: { contacts: true } }).open(1);
    batch.start(0, 1);
    const before = batch.pose.slice();
    for (let t = 0; t < 10; t++) batch.step(new Float32Array(7));
    expect(batch.contact_count?.[0]).toBe(0);
    batch.pose.forEach((x, i) => {
      expect(Math.abs(x - before[i])).toBeLessThan(1e-3);
    });
    batch.close();
  });

  it('does not move an arm that rests at home', () => {
    for (const arm of Object.keys(arms)) {
      const env = openEnv('reach', arm, { contacts: true, endsOnSuccess: false });
      const still = forwardKinematics(env.scene.arm, env.scene.arm.model.home);
      const batch = env.open(1);
      batch.start(0, 1);
      for (let t = 0; t < 25; t++) batch.step(new Float32Array(width(env.spec.act)));
      expect(batch.contact_count?.[0], arm).toBe(0);
      still.bodies.forEach(({ position }, i) => {
        const found = batch.pose.subarray(7 * i, 7 * i + 3);
        expect(Math.hypot(...position.map((x, k) => x - found[k])), arm).toBeLessThan(1e-3);
      });
      batch.close();
    }
  });
});

describe('a task with an object, whose arm touches as a whole', () => {
  const env = touching('panda-push', 'panda', { control: 'joints', endsOnSuccess: false, horizon: 60 });
  const bodies = touchingBodiesOf(env.scene);
  const object = bodies.indexOf('object');

  /** Calls with the contacts of every state of an episode whose arm is slammed about: rows of two bodies, point and force. */
  function slammed(each: (rows: readonly Float32Array[], batch: EnvBatch) => void): void {
    const batch = env.open(1);
    const next = slamming(width(env.spec.act), stream(3, 'noise'));
    for (let seed = 0; seed < 10; seed++) {
      batch.start(0, seed);
      while (!batch.last[0]) {
        batch.step(next());
        const count = batch.contact_count?.[0] ?? 0;
        each(
          Array.from({ length: count }, (_, c) => batch.contacts?.slice(8 * c, 8 * c + 8) ?? new Float32Array(8)),
          batch,
        );
      }
    }
    batch.close();
  }

  it('presses on itself and the table with links that pass through them else', () => {
    const touched = new Set<string>();
    slammed((rows) => {
      for (const [a, b] of rows) touched.add(bodies[a]).add(bodies[b]);
    });
    expect([...touched].filter((name) => /^link[1-6]$/.test(name)).length).toBeGreaterThan(1);
    const hands = openEnv('panda-push').scene.arm.model.bodies.filter(({ colliders }) => colliders.length);
    expect(hands.map(({ name }) => name)).toEqual(['link7']);
  });

  it('pays for what it presses on itself and what stands with, and not for the object', () => {
    let paid = 0;
    slammed((rows, batch) => {
      const own = rows.filter(([a, b]) => a !== object && b !== object);
      const sum = own.reduce((all, row) => all + Math.hypot(row[5], row[6], row[7]), 0);
      expect(batch.terms[env.spec.terms.length - 1]).toBeCloseTo(-0.01 * sum, 4);
      if (sum > 1) paid++;
    });
    expect(paid).toBeGreaterThan(10);
  });

  it('may end the episode by that, while pushing does not', () => {
    const ending = touching('panda-push', 'panda', { contactCost: 0, endsOnContact: true });
    const { env: scripted, actor } = controllers.scripted(ending.config);
    const plan = { seedOf: (k: number) => k, until: { episodes: 20 }, deterministic: true };
    const solved = collect(scripted, actor, plan).filter(({ success }) => success).length;
    expect(solved).toBeGreaterThan(15);
  });

  it('is simulated again to the same bytes', () => {
    const plan = { seedOf: (e: number) => e, until: { episodes: 6 }, slots: 4, deterministic: false };
    expect(findDifference(env, recorded(env, randomActor(env), plan))).toBeNull();
  });
});
