/** Pulls on links without a pointer: a button for each direction, for as long as it is held. */
import type { Vec3 } from '../../envs/math/rotation.ts';
import { html, setLabel } from '../dom/elements.ts';
import { choice, liveIcon } from './controls.ts';
import { directionOf, type Way } from './goal.ts';
import type { Room } from './room.ts';

const ways: readonly (readonly [way: Way, label: string])[] = [
  ['left', 'left'],
  ['right', 'right'],
  ['up', 'up'],
  ['down', 'down'],
  ['away', 'away'],
  ['near', 'near'],
];

/** How far a hand is from what it pulls, over the arm's reach. */
const stretch = 0.3;

export function pushPad(room: Room): HTMLElement {
  const body = choice('Link', [], () => {});
  const pull = (way: Way) => {
    const { opened } = room.state;
    const { stage } = room.app;
    const index = opened?.header.spec.bodies.indexOf(body.select.value) ?? -1;
    const at = stage.arm?.bodies[index]?.position.toArray();
    if (!opened || !at) return;
    const along = directionOf(stage, way);
    const target = at.map((x, i) => x + stretch * opened.reach * along[i]) as unknown as Vec3;
    room.control({ pull: { body: body.select.value, local: [0, 0, 0], target: [...target] } });
  };
  const release = () => room.control({ pull: null });
  const buttons = ways.map(([way, label]) => {
    const element = html('button', 'icon-button', liveIcon(way));
    element.type = 'button';
    setLabel(element, `Pull ${label}`, '');
    element.addEventListener('pointerdown', () => pull(way));
    for (const end of ['pointerup', 'pointerleave', 'pointercancel', 'blur']) element.addEventListener(end, release);
    element.addEventListener('keydown', ({ key, repeat }) => {
      if ((key === ' ' || key === 'Enter') && !repeat) pull(way);
    });
    element.addEventListener('keyup', release);
    return element;
  });
  room.watch(({ opened }) => {
    const names = opened?.header.spec.bodies ?? [];
    const key = names.join();
    if (body.select.dataset.key === key) return;
    body.select.dataset.key = key;
    body.select.replaceChildren(...names.map((name) => html('option', '', name)));
    body.select.value = names.at(-1) ?? '';
  });
  const pad = html('div', 'pad', ...buttons);
  pad.setAttribute('role', 'group');
  pad.setAttribute('aria-label', 'Pull the link while pressed');
  return html('div', 'push', body.element, pad);
}
