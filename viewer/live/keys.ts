/** The keyboard while it is live: heard before the viewer's own commands. */
import type { Vec3 } from '../../envs/math/rotation.ts';
import { keyName } from '../commands/lookup.ts';
import { newGoal } from './bar.ts';
import { directionOf, flatAxis, type Way } from './goal.ts';
import { keep } from './keep.ts';
import { limited } from './pointer.ts';
import type { Room } from './room.ts';

/** How far a key moves the goal, over the arm's reach. */
const stride = 0.02;

const ways: Readonly<Record<string, Way>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'away',
  PageDown: 'near',
};

const actions: Readonly<Record<string, (room: Room) => void>> = {
  ' ': (room) => room.control({ paused: !room.state.paused }),
  '.': (room) => {
    if (!room.state.paused) room.control({ paused: true });
    room.send({ type: 'step' });
  },
  n: newGoal,
  r: (room) => room.reset(),
  k: keep,
};

export function liveKeys(room: Room): void {
  const { root } = room.app;
  const onKey = (event: KeyboardEvent) => {
    const [origin] = event.composedPath();
    const target = origin instanceof Element ? origin : root;
    if (root.querySelector('dialog[open]') || room.state.opened === null) return;
    if (isTaken(target, event)) return;
    const name = keyName(event);
    const way = ways[name.replace('Shift+', '')];
    const action = actions[name];
    if (!way && !action) return;
    event.preventDefault();
    event.stopPropagation();
    if (way) moveGoal(room, way, event.shiftKey ? 4 : 1);
    else action(room);
  };
  window.addEventListener('keydown', onKey, { capture: true, signal: room.closing.signal });
}

/** Whether the focused element needs the key for itself. */
function isTaken(target: Element, { key }: KeyboardEvent): boolean {
  if (target.matches('input[type=range]')) return /^(Arrow|Home|End|Page)/.test(key);
  if (target.closest('input, select, textarea')) return true;
  return (key === ' ' || key === 'Enter') && target.closest('button, summary') !== null;
}

function moveGoal(room: Room, way: Way, times: number): void {
  const { goal, opened } = room.state;
  if (!goal || !opened?.goals) return;
  const along = directionOf(room.app.stage, way, flatAxis(opened.goals));
  const by = stride * opened.reach * times;
  room.control({ goal: limited(room, goal.map((x, i) => x + by * along[i]) as unknown as Vec3) });
}
