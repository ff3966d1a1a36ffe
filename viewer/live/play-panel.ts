/** The arm's goal, its actions and its world, by fields and sliders. */
import type { Quat, Vec3 } from '../../envs/math/rotation.ts';
import { button, hasCoarsePointer, html } from '../dom/elements.ts';
import { fixed } from '../dom/format.ts';
import { newGoal } from './bar.ts';
import { numberField, type Slider, slider } from './controls.ts';
import { limited } from './pointer.ts';
import { pushPad } from './push-pad.ts';
import type { LiveState, Room } from './room.ts';
import { namesOf, rangeOf, shown } from './shown.ts';
import { anglesOf, turnOf } from './turn.ts';
import type { Opened } from './worker/messages.ts';

export function playPanel(room: Room): HTMLElement {
  return html(
    'div',
    'play-panel',
    goalSection(room),
    actionSection(room),
    worldSection(room),
    pushSection(room),
    keysSection(),
  );
}

function section(title: string, ...children: (Node | string)[]): HTMLElement {
  const heading = html('h3', '', title);
  return html('section', '', heading, ...children);
}

/** How the goal is to be turned, for tasks whose goals have an orientation. */
function turnFields(room: Room): HTMLElement {
  /** What the fields have; of the orientation that was made of them, other angles may tell as well. */
  let angles: Vec3 = [0, 0, 0];
  let made: Quat | null = null;
  const fields = ['roll', 'pitch', 'yaw'].map((name, i) =>
    numberField(name, { step: 1 }, (value) => {
      const { goal } = room.state;
      angles = angles.map((x, k) => (k === i ? value : x)) as unknown as Vec3;
      made = turnOf(angles);
      if (goal) room.control({ goal, turn: made });
    }),
  );
  const row = html('div', 'fields turned', ...fields.map(({ element }) => element), html('span', 'quiet', '°'));
  row.title = 'The orientation of the goal: turns about the axes x, y and z of the world, in this order';
  room.watch(({ turn }) => {
    row.hidden = turn === null;
    if (!turn || turn === made) return;
    [made, angles] = [turn, anglesOf(turn)];
    for (const [i, field] of fields.entries()) field.set(angles[i]);
  });
  return row;
}

function goalSection(room: Room): HTMLElement {
  const fields = ['x', 'y', 'z'].map((name, i) =>
    numberField(name, { step: 0.01 }, (value) => {
      const { goal } = room.state;
      if (goal) room.control({ goal: limited(room, goal.map((x, k) => (k === i ? value : x)) as unknown as Vec3) });
    }),
  );
  const release = button(
    'button small',
    () => {
      room.control({ goal: null });
    },
    'Let it move again',
  );
  const other = button('button small', () => newGoal(room), 'New goal');
  const note = html('p', 'small quiet');
  const row = html('div', 'fields', ...fields.map(({ element }) => element), html('span', 'quiet', 'm'));
  const element = section('Goal', row, turnFields(room), html('div', 'row', other, release), note);
  room.watch(({ goal, opened, isHeld, isUsualGoal }) => {
    element.hidden = opened !== null && !opened.goals;
    if (goal) for (const [i, field] of fields.entries()) field.set(goal[i]);
    release.hidden = !(opened?.goalMoves && isHeld);
    const text = isUsualGoal
      ? waysToMoveGoal(room)
      : 'This goal lies outside of those it was trained on: it may not get there.';
    if (note.textContent !== text) note.textContent = text;
    note.classList.toggle('warn', !isUsualGoal);
  });
  return element;
}

function waysToMoveGoal({ app: { stage } }: Room): string {
  if (!stage.canDraw)
    return hasCoarsePointer() ? 'Type where it is to be.' : 'Press the arrow keys, or type where it is to be.';
  return hasCoarsePointer() ? 'Drag the ball in the scene.' : 'Drag the ball in the scene, or press the arrow keys.';
}

function actionSection(room: Room): HTMLElement {
  const spread = slider({
    label: 'Randomness',
    title: 'Actions are drawn around the policy’s mean with this share of its sigma',
    low: 0,
    high: 3,
    step: 0.1,
    text: (value) => (value === 0 ? 'mean only' : `${fixed(value, 1)} σ`),
    onInput: (value) => room.control({ spread: value }),
  });
  room.watch((state) => spread.set(state.spread));
  return section('Actions', spread.element);
}

function worldSection(room: Room): HTMLElement {
  const list = html('div', 'sliders');
  const asUsual = button(
    'button small',
    () => {
      const { opened } = room.state;
      if (opened) room.control({ dynamics: Object.fromEntries(opened.dynamics.map(({ name }) => [name, null])) });
    },
    'As usual',
  );
  let known: Opened | null = null;
  let sliders: readonly { readonly name: string; readonly slider: Slider }[] = [];
  room.watch(({ opened, dynamics, usual }: LiveState) => {
    if (opened && opened !== known) {
      known = opened;
      sliders = opened.dynamics.flatMap((field) => {
        const { name } = field;
        const drawn = opened.header.spec.dynamics;
        const range = rangeOf(field, opened, drawn);
        if (!range) return [];
        const look = shown[name];
        const own = slider({
          ...namesOf(field, drawn),
          low: 0,
          ...range,
          text: (value) => look.text(value, opened),
          onInput: (value) => room.control({ dynamics: { [name]: value } }),
        });
        return [{ name, slider: own }];
      });
      list.replaceChildren(...sliders.map((each) => each.slider.element));
    }
    for (const { name, slider } of sliders) slider.set(dynamics[name] ?? usual[name] ?? 0);
    asUsual.hidden = sliders.every(({ name }) => (dynamics[name] ?? usual[name]) === usual[name]);
  });
  return section('World', list, asUsual);
}

function pushSection(room: Room): HTMLElement {
  const taken = hasCoarsePointer()
    ? 'Tap it to poke it; a second finger does both while the first has the ball.'
    : 'Click it to poke it.';
  const text = `Take the arm, or an object, anywhere and pull. ${taken} Or hold:`;
  const words = room.app.stage.canDraw ? text : 'Hold a button, and the link is pulled:';
  return section('Pull and poke', html('p', 'small quiet', words), pushPad(room));
}

const gestures: readonly (readonly [string, string])[] = [
  ['Drag the ball', 'moves the goal'],
  ['Drag a link', 'pulls it'],
  ['Tap a link', 'pokes it'],
  ['Second finger', 'pulls, pokes meanwhile'],
  ['Two, beside the arm', 'zoom'],
];

const keys: readonly (readonly [string, string])[] = [
  ['← → ↑ ↓', 'goal, as you see it'],
  ['Page ↑ ↓', 'goal away, near'],
  ['Space', 'pause'],
  ['.', 'one step'],
  ['N', 'new goal'],
  ['R', 'reset'],
  ['K', 'keep'],
];

function keysSection(): HTMLElement {
  const row = (name: Node | string, what: string) => html('div', '', html('dt', '', name), html('dd', '', what));
  const byKeys = keys.map(([key, what]) => row(html('kbd', '', key), what));
  const byHand = hasCoarsePointer() ? gestures.map(([gesture, what]) => row(gesture, what)) : [];
  const title = hasCoarsePointer() ? 'Fingers and keys' : 'Keys';
  return html('details', 'folded', html('summary', '', title), html('dl', '', ...byHand, ...byKeys));
}
