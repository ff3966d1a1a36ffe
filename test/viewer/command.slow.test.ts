import { Vector3 } from 'three';
import type { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { derive } from '../../viewer/derive/episode.ts';
import { policy } from '../../viewer/overlays/policy.ts';
import type { Moment } from '../../viewer/state/state.ts';
import { everyCase } from '../envs/support.ts';
import { commandedIn, randomEpisode, wrongBy } from './sent.ts';

beforeAll(loadPhysics);

describe.each(everyCase)('in $task on the $arm', ({ task, arm }) => {
  it('the solid arrow ends where the clipped command sends the tip, and the ring where the tip went, in every step', () => {
    const recording = randomEpisode(task, arm);
    const { header, episodes } = recording;
    const [episode] = episodes;
    const overlay = policy.create(header);
    const derived = derive(episode, header);
    const tipAt = (t: number) => new Vector3().fromArray(derived.tips, 3 * t);
    const object = (name: string) => overlay.object.getObjectByName(name) ?? expect.fail(`nothing drawn as ${name}`);
    for (let step = 0; step < episode.steps; step++) {
      overlay.show({ recording, episode, step, derived } as unknown as Moment);
      const arrow = object('commanded');
      arrow.updateWorldMatrix(true, true);
      const end = arrow.getWorldPosition(new Vector3());
      expect(wrongBy(header, end.clone().sub(tipAt(step)).toArray(), commandedIn(recording, step))).toBeLessThan(0.01);
      // Its shaft begins at the tip.
      const [shaft] = arrow.children as LineSegments2[];
      const from = new Vector3().fromBufferAttribute(shaft.geometry.getAttribute('instanceStart'), 0);
      expect(from.add(end).distanceTo(tipAt(step))).toBeLessThan(1e-6);
      expect(object('followed').position.distanceTo(tipAt(step + 1))).toBeLessThan(1e-6);
    }
    expect(episode.act.some((a) => Math.abs(a) > 1)).toBe(true);
  });
});
