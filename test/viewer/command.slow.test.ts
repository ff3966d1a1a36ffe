import { Vector3 } from 'three';
import type { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import type { OptionValues } from '../../envs/options.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { createEnv } from '../../envs/sim/env.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { makeTask } from '../../envs/task.ts';
import { tasks } from '../../envs/tasks/index.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { tipCommand } from '../../viewer/derive/command.ts';
import { derive } from '../../viewer/derive/episode.ts';
import { History } from '../../viewer/live/history.ts';
import type { Answer, Stepped } from '../../viewer/live/worker/messages.ts';
import { createPlayer, type Player } from '../../viewer/live/worker/player.ts';
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

describe('what a live arm is commanded', () => {
  /** A player in an environment that notes what its controller is told. */
  function noted(env: string, arm: string, envOptions: OptionValues) {
    const learner = learnerOf(configureTraining({ env, arm, envOptions }));
    const { config } = learner.env;
    const task = makeTask(tasks[env], arms[arm], config.options);
    const actions: number[][] = [];
    const command: typeof task.controller.command = (state, action, out) => {
      actions.push([...action]);
      task.controller.command(state, action, out);
    };
    const own = createEnv({ ...task, controller: { ...task.controller, command } }, config);
    const told: Answer[] = [];
    const player = createPlayer({ ...learner, env: own }, {}, (answer) => told.push(answer));
    actions.length = 0;
    player.show();
    return { player, told, actions };
  }

  const commanded = (recording: Recording, step: number) => {
    const [episode] = recording.episodes;
    return tipCommand({ recording, episode, step, derived: derive(episode, recording.header) }).commanded;
  };

  /** What hands do in step t: to the goal, which is at the tip for a while, to the delay, and to the last body. */
  function handle({ control, opened }: Player, t: number, tip: readonly number[]) {
    const body = opened.header.spec.bodies.at(-1) ?? '';
    if (t % 20 < 5) control({ goal: tip });
    if (t % 20 === 5) control({ goal: [0, 0, 9] });
    if (t % 60 === 10) control({ pull: { body, local: [0, 0, 0], target: [0.4, 0, -0.3] } });
    if (t % 60 === 20) control({ pull: null });
    if (t % 80 === 40) control({ dynamics: { delay: 3 } });
    if (t % 80 === 79) control({ dynamics: { delay: null } });
  }

  const isZero = (action: readonly number[]) => action.every((a) => a === 0);

  it.each<{ env: string; arm: string; options: OptionValues; rests: boolean }>([
    { env: 'panda-reach', arm: 'panda', options: {}, rests: true },
    { env: 'panda-reach', arm: 'panda', options: { endsOnSuccess: false }, rests: false },
    {
      env: 'panda-reach',
      arm: 'panda',
      options: { endsOnSuccess: false, contacts: true, endsOnContact: true },
      rests: true,
    },
    { env: 'reach', arm: 'so101', options: { control: 'end-effector', goals: 2, horizon: 60 }, rests: true },
  ])('is what its environment tells it, at the goal, late, and long after the start: $env, $options', async (given) => {
    const { player, told, actions } = noted(given.env, given.arm, given.options);
    const history = new History(player.opened);
    const { header } = history.recording;
    const next = () => history.push(told.at(-1) as Stepped);
    const truth = ([x, y, z]: readonly number[]) =>
      [x, y, z].map((a) => expect.closeTo(header.spec.controller.scale * a, 7));
    next();
    player.control({ spread: 0.5 });
    for (let t = 0; t < 260; t++) {
      handle(player, t, Array.from(derive(history.episode, header).tips.slice(-3)));
      player.step();
      next();
      expect(commanded(history.recording, history.steps - 1), `step ${t}`).toEqual(truth(actions[t]));
    }
    expect(actions.some(isZero)).toBe(given.rests);
    expect(actions.every(isZero)).toBe(false);
    const all = await player.keep();
    player.close();
    const kept = await decodeRecording(all.type === 'kept' ? all.bytes : new Uint8Array(), 'kept');
    for (const [t, action] of actions.entries()) expect(commanded(kept, t), `step ${t}`).toEqual(truth(action));
  });
});
