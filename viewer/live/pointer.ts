/** Hands on the scene: a mouse or a finger takes the goal, or a link of the arm; beside both it turns the camera. */
import { Raycaster, Vector3 } from 'three';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { goalRadiusOf } from '../derive/scene.ts';
import { byId } from '../dom/elements.ts';
import { dragged, within } from './goal.ts';
import { axesOf, distanceTo, onPlane, pixelAt, type Ray, rayAt } from './ray.ts';
import type { Room } from './room.ts';

/** Pixels around the middle of the goal in which a mouse, and a finger, takes it. */
const grip = { mouse: 12, touch: 26 };

/** What a hand has taken. */
type Taken =
  | { readonly kind: 'goal'; readonly from: Vec3; readonly offset: Vec3 }
  | { readonly kind: 'body'; readonly body: string; readonly local: Vec3; readonly from: Vec3 };

export function handleScene(room: Room): void {
  const { app, closing } = room;
  const host = byId(app.root, 'canvas-host', HTMLElement);
  const { canvas } = app.stage;
  const { signal } = closing;
  let taken: Taken | undefined;
  let pointer = -1;
  const onDown = (event: PointerEvent) => {
    if (taken || event.button !== 0 || !room.state.opened) return;
    taken = take(room, event);
    if (!taken) return;
    // The camera stays where it is.
    event.stopPropagation();
    event.preventDefault();
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    app.root.dataset.hand = taken.kind;
    move(room, taken, event);
  };
  const onMove = (event: PointerEvent) => {
    if (taken && event.pointerId === pointer) {
      event.stopPropagation();
      move(room, taken, event);
    } else if (event.pointerType === 'mouse' && event.buttons === 0) {
      app.root.dataset.over = take(room, event)?.kind ?? '';
    }
  };
  const onUp = (event: PointerEvent) => {
    if (!taken || event.pointerId !== pointer) return;
    if (taken.kind === 'body') room.control({ pull: null });
    taken = undefined;
    delete app.root.dataset.hand;
  };
  host.addEventListener('pointerdown', onDown, { capture: true, signal });
  host.addEventListener('pointermove', onMove, { capture: true, signal });
  for (const end of ['pointerup', 'pointercancel'] as const)
    host.addEventListener(end, onUp, { capture: true, signal });
  signal.addEventListener('abort', () => {
    delete app.root.dataset.hand;
    delete app.root.dataset.over;
  });
}

/** What is under a pointer: the goal before the arm, which is often around it. */
function take({ app, state: { opened, goal } }: Room, event: PointerEvent): Taken | undefined {
  const { stage } = app;
  if (!opened) return undefined;
  const ray = rayAt(stage, event.clientX, event.clientY);
  if (goal && opened.goals) {
    const pixels = event.pointerType === 'touch' ? grip.touch : grip.mouse;
    const reach = Math.max(goalRadiusOf(opened.header.spec), pixels * pixelAt(stage, goal));
    if (distanceTo(ray, goal) < reach) {
      const at = dragged(stage, opened.goals, ray, goal) ?? goal;
      return { kind: 'goal', from: goal, offset: goal.map((x, i) => x - at[i]) as unknown as Vec3 };
    }
  }
  return bodyAt(stage, ray, opened.header.spec.bodies);
}

function bodyAt(
  { arm }: Room['app']['stage'],
  { origin, direction }: Ray,
  names: readonly string[],
): Taken | undefined {
  if (!arm) return undefined;
  const caster = new Raycaster(new Vector3(...origin), new Vector3(...direction));
  const [hit] = caster.intersectObjects([...arm.bodies], true);
  if (!hit) return undefined;
  const index = arm.bodies.findIndex((body) => isWithin(body, hit.object));
  const local = arm.bodies[index].worldToLocal(hit.point.clone()).toArray();
  return { kind: 'body', body: names[index], local, from: hit.point.toArray() };
}

function isWithin(body: object, object: { readonly parent: object | null } | null): boolean {
  for (let at = object; at; at = at.parent as typeof object) if (at === body) return true;
  return false;
}

function move(room: Room, taken: Taken, event: PointerEvent): void {
  const { stage } = room.app;
  const { opened } = room.state;
  const ray = rayAt(stage, event.clientX, event.clientY);
  if (!opened) return;
  if (taken.kind === 'goal' && opened.goals) {
    const at = dragged(stage, opened.goals, ray, taken.from);
    if (at) room.control({ goal: limited(room, at.map((x, i) => x + taken.offset[i]) as unknown as Vec3) });
  } else if (taken.kind === 'body') {
    const target = onPlane(ray, taken.from, axesOf(stage).ahead);
    if (target) room.control({ pull: { body: taken.body, local: [...taken.local], target: [...target] } });
  }
}

/** Not out of sight: a goal is no farther from the base than the arm reaches twice. */
export function limited({ state: { opened } }: Room, goal: Vec3): Vec3 {
  if (!opened) return goal;
  return within(goal, opened.header.scene.arm.frame.position, 2 * opened.reach);
}
