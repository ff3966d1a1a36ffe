/** Hands on the scene: a mouse or a finger takes the goal, or a link of the arm; beside both it turns the camera. */
import { Raycaster, Vector3 } from 'three';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { goalRadiusOf } from '../derive/scene.ts';
import { byId } from '../dom/elements.ts';
import { dragged, within } from './goal.ts';
import { axesOf, distanceTo, onPlane, pixelAt, rayAt } from './ray.ts';
import type { Room } from './room.ts';
import type { Pull } from './worker/messages.ts';

/** Pixels around the middle of the goal in which a mouse, and a finger, takes it. */
const grip = { mouse: 12, touch: 26 };

/** A press on a link that moves no farther than so many pixels is a poke. */
const still = { mouse: 5, touch: 12 };
/** A poke: control steps that it takes, and how far behind what is poked the spring ends that pushes, over the arm's reach. */
export const poke = { steps: 5, stretch: 0.4 };
/** What a finger hides of the arm: it takes a link that is so many pixels off. */
const fingertip = 14;

/** What a hand has taken. */
type Taken =
  | { readonly kind: 'goal'; readonly from: Vec3; readonly offset: Vec3 }
  | { readonly kind: 'body'; readonly body: string; readonly local: Vec3; readonly from: Vec3 };

/** A mouse's button or a finger that is down on what it has taken. */
interface Hold {
  readonly taken: Taken;
  readonly down: PointerEvent;
  /** Whether it may be a poke yet. */
  isTap: boolean;
}

/** One hand has the goal and another pulls a link: two fingers at most, each with one of the two. */
export function handleScene(room: Room): void {
  const { app, closing } = room;
  const host = byId(app.root, 'canvas-host', HTMLElement);
  const { canvas } = app.stage;
  const { signal } = closing;
  const holds = new Map<number, Hold>();
  const has = (kind: Taken['kind']) => [...holds.values()].some(({ taken }) => taken.kind === kind);
  const showHands = () => {
    const [first] = holds.values();
    if (first) app.root.dataset.hand = has('goal') ? 'goal' : 'body';
    else delete app.root.dataset.hand;
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0 || !room.state.opened) return;
    const taken = take(room, event, has('goal'));
    if (!taken) return;
    // The camera stays where it is.
    event.stopPropagation();
    event.preventDefault();
    if (has(taken.kind)) return;
    const hold = { taken, down: event, isTap: taken.kind === 'body' };
    holds.set(event.pointerId, hold);
    canvas.setPointerCapture(event.pointerId);
    showHands();
    move(room, taken, event);
  };
  const onMove = (event: PointerEvent) => {
    const hold = holds.get(event.pointerId);
    if (hold) {
      event.stopPropagation();
      hold.isTap &&= isStill(hold.down, event);
      move(room, hold.taken, event);
    } else if (event.pointerType === 'mouse' && event.buttons === 0) {
      app.root.dataset.over = take(room, event, false)?.kind ?? '';
    }
  };
  const onUp = (event: PointerEvent) => {
    const hold = holds.get(event.pointerId);
    if (!hold) return;
    holds.delete(event.pointerId);
    const { taken, down, isTap } = hold;
    if (taken.kind === 'body') {
      const isPoke = event.type === 'pointerup' && isTap && isStill(down, event);
      room.control({ pull: isPoke ? pokeOf(room, taken, down) : null });
    }
    showHands();
  };
  host.addEventListener('pointerdown', onDown, { capture: true, signal });
  host.addEventListener('pointermove', onMove, { capture: true, signal });
  for (const end of ['pointerup', 'pointercancel'] as const)
    host.addEventListener(end, onUp, { capture: true, signal });
  // Two pokes are no wish to look at the arm from nearer by.
  const onTwice = (event: MouseEvent) => {
    if (bodyAt(room, event.clientX, event.clientY)) event.stopPropagation();
  };
  host.addEventListener('dblclick', onTwice, { capture: true, signal });
  signal.addEventListener('abort', () => {
    delete app.root.dataset.hand;
    delete app.root.dataset.over;
  });
}

function isStill(down: PointerEvent, { clientX, clientY }: PointerEvent): boolean {
  const farthest = down.pointerType === 'touch' ? still.touch : still.mouse;
  return Math.hypot(clientX - down.clientX, clientY - down.clientY) <= farthest;
}

/** A push away from whoever looks, by the spring that pulls, of what was pressed on, wherever it is by now. */
function pokeOf(
  { app: { stage }, state: { opened } }: Room,
  { body, local }: Extract<Taken, { kind: 'body' }>,
  { clientX, clientY }: PointerEvent,
): Pull | null {
  const link = stage.arm?.bodies[opened?.header.spec.bodies.indexOf(body) ?? -1];
  if (!opened || !link) return null;
  const { direction } = rayAt(stage, clientX, clientY);
  const target = link.localToWorld(new Vector3(...local));
  target.addScaledVector(new Vector3(...direction), poke.stretch * opened.reach);
  return { body, local: [...local], target: target.toArray(), steps: poke.steps };
}

/**
 * What is under a pointer: the goal before the arm, which is often around it.
 * @param hasGoal whether another hand has the goal, which is in nobody's way then
 */
function take(room: Room, event: PointerEvent, hasGoal: boolean): Taken | undefined {
  const { stage } = room.app;
  const { opened, goal, isGone } = room.state;
  if (!opened || isGone) return undefined;
  const { clientX: x, clientY: y } = event;
  const isFinger = event.pointerType === 'touch';
  if (goal && opened.goals && !hasGoal) {
    const ray = rayAt(stage, x, y);
    const pixels = isFinger ? grip.touch : grip.mouse;
    const reach = Math.max(goalRadiusOf(opened.header.spec), pixels * pixelAt(stage, goal));
    if (distanceTo(ray, goal) < reach) {
      const at = dragged(stage, opened.goals, ray, goal) ?? goal;
      return { kind: 'goal', from: goal, offset: goal.map((x, i) => x - at[i]) as unknown as Vec3 };
    }
  }
  const found = bodyAt(room, x, y);
  if (found || !isFinger) return found;
  for (let i = 0; i < 8; i++) {
    const [dx, dy] = [Math.cos((i * Math.PI) / 4), Math.sin((i * Math.PI) / 4)];
    const near = bodyAt(room, x + fingertip * dx, y + fingertip * dy);
    if (near) return near;
  }
  return undefined;
}

function bodyAt({ app: { stage }, state: { opened } }: Room, x: number, y: number): Taken | undefined {
  const { arm } = stage;
  if (!arm || !opened) return undefined;
  const { origin, direction } = rayAt(stage, x, y);
  const caster = new Raycaster(new Vector3(...origin), new Vector3(...direction));
  const [hit] = caster.intersectObjects([...arm.bodies], true);
  if (!hit) return undefined;
  const index = arm.bodies.findIndex((body) => isWithin(body, hit.object));
  const local = arm.bodies[index].worldToLocal(hit.point.clone()).toArray();
  return { kind: 'body', body: opened.header.spec.bodies[index], local, from: hit.point.toArray() };
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
