import { type Dynamics, nominalDynamics } from '../dynamics/fields.ts';
import { fromXAxisTo, identity, multiply, type Quat, rotate } from '../math/rotation.ts';
import { freeBodiesOf, rodOf, touchingBodiesOf } from '../model/free-body.ts';
import { principal } from '../model/inertia.ts';
import { treeOf } from '../model/tree.ts';
import type { Body, Collider, Frame, Scene } from '../model/types.ts';
import { type PhysicsSettings, usualPhysics } from '../task.ts';
import { type ColliderPair, readContacts } from './contacts.ts';
import type { Drive } from './plan.ts';
import {
  type ColliderGroup,
  coulombParameters,
  freePlan,
  planBody,
  planCollider,
  RapierWorld,
  type Solid,
  type SolverParameters,
} from './rapier.ts';
import type { ArmHandles, Push } from './reader.ts';
import { areAlike, type Begun, type SimulatedArms, Simulation } from './simulation.ts';
import type { SimulatedState } from './state.ts';

/** A world of one arm and all that is around it, before its first step. */
interface Beginning extends Begun {
  readonly snapshot: Uint8Array;
  readonly handles: ArmHandles;
  readonly pairs: readonly ColliderPair[];
}

/** A world of an arm of its own. */
interface Slot {
  readonly world: RapierWorld;
  readonly simulation: Simulation;
  isRunning: boolean;
}

/**
 * Arms and objects that touch, each arm in a world of its own: contacts leave traces in a world that outlast what touched. Every
 * episode begins with a world restored from the snapshot of one that was never stepped.
 */
export class ContactSimulation implements SimulatedArms {
  private readonly scene: Scene;
  private readonly settings: PhysicsSettings;
  private readonly drive: Drive;
  private readonly parameters: SolverParameters;
  private readonly bodies: readonly string[];
  private readonly slots: (Slot | null)[];
  private beginning: Beginning | null = null;
  private apart: readonly Apart[] | null = null;

  /**
   * @param parameters freed with the simulation; those by which bodies rub as Coulomb has it if not given
   * @throws Error for an arm that cannot be simulated
   */
  constructor(
    scene: Scene,
    settings: PhysicsSettings,
    drive: Drive,
    slots: number,
    parameters: SolverParameters = coulombParameters(settings),
  ) {
    this.scene = scene;
    this.settings = settings;
    this.drive = drive;
    this.parameters = parameters;
    this.bodies = touchingBodiesOf(scene);
    this.slots = new Array<Slot | null>(slots).fill(null);
  }

  place(
    slot: number,
    q: ArrayLike<number>,
    dq: ArrayLike<number> | null,
    pose: Float64Array,
    velocity: Float64Array,
    dynamics = nominalDynamics,
  ): SimulatedState {
    const { snapshot, handles, pairs } = this.beginningAt(q, dynamics);
    const own = this.slots[slot] ?? this.open();
    this.slots[slot] = own;
    own.world.restore(snapshot);
    handles.free.forEach((body, i) => {
      own.world.putBody(body, pose.subarray(7 * i, 7 * i + 7), velocity.subarray(6 * i, 6 * i + 6));
    });
    own.isRunning = true;
    const h = this.settings.dt / this.settings.substeps;
    return own.simulation.adopt(0, handles, dq, {
      bodies: this.bodies,
      read: (out) => readContacts(own.world, pairs, h, out),
    });
  }

  /** Leaves the slot's world where it is. */
  remove(slot: number): void {
    const own = this.slots[slot];
    if (own) own.isRunning = false;
  }

  command(slot: number, target: ArrayLike<number>): void {
    this.running(slot).simulation.command(0, target);
  }

  push(slot: number, pushes: readonly Push[]): void {
    this.running(slot).simulation.push(0, pushes);
  }

  strengthen(slot: number, strength: number): void {
    this.running(slot).simulation.strengthen(0, strength);
  }

  /** Advances every arm by one control step. */
  step(): void {
    for (const own of this.slots) if (own?.isRunning) own.simulation.step();
  }

  read(slot: number): SimulatedState {
    return this.running(slot).simulation.read(0);
  }

  close(): void {
    for (const own of this.slots) own?.simulation.close();
    this.slots.fill(null);
    this.parameters.free();
  }

  private running(slot: number): Slot {
    const own = this.slots[slot];
    if (!own?.isRunning) throw new Error(`slot ${slot} holds no arm; place one first`);
    return own;
  }

  private open(): Slot {
    const { scene, settings, drive, parameters } = this;
    const world = new RapierWorld(settings, scene.gravity, parameters);
    return { world, simulation: new Simulation(scene, settings, drive, 1, world), isRunning: false };
  }

  /** The world of an arm that starts at positions q; the last one is kept, because most tasks start all episodes alike. */
  private beginningAt(q: ArrayLike<number>, dynamics: Dynamics): Beginning {
    if (this.beginning && areAlike(this.beginning, { start: q, dynamics })) return this.beginning;
    const { world, simulation } = this.open();
    try {
      simulation.place(0, q, null, undefined, undefined, dynamics);
      const { free, placed, bodies } = furnish(world, this.scene, simulation.handlesOf(0));
      this.apart ??= this.scene.selfContacts ? apartIn(this.scene, this.settings, this.drive) : [];
      for (const { names } of this.apart) {
        const [first, second] = names.map((name) => bodies[this.bodies.indexOf(name)]);
        world.keepApart(first, second);
      }
      const pairs = pairsOf(placed, this.bodies, this.apart);
      const handles = { ...simulation.handlesOf(0), free };
      this.beginning = { start: Float64Array.from(q), dynamics, snapshot: world.snapshot(), handles, pairs };
      return this.beginning;
    } finally {
      simulation.close();
    }
  }
}

/** Two bodies that pass through each other: a joint connects them, or they overlap at the arm's home. */
export interface Apart {
  readonly names: readonly [string, string];
  readonly reason: 'joint' | 'overlap';
}

/**
 * The bodies of a scene's arm that never touch one another, or what stands, where those of an arm do. What stands touches nothing that
 * stands, the arm's root included. Await `loadPhysics` before.
 * @throws Error for an arm that cannot be simulated
 */
export function apartIn(
  scene: Scene,
  settings: PhysicsSettings = usualPhysics,
  drive: Drive = { drive: 'position' },
): readonly Apart[] {
  const world = new RapierWorld(settings, scene.gravity);
  const simulation = new Simulation(scene, settings, drive, 1, world);
  try {
    const { model } = scene.arm;
    simulation.place(0, model.home, null);
    const { placed } = furnish(world, scene, simulation.handlesOf(0));
    const names = touchingBodiesOf(scene);
    const joined = new Set(model.joints.map(({ parent, child }) => pairOf(parent, child)));
    const found = new Map<string, Apart>();
    for (const [a, b] of touchingPairs(placed)) {
      if (a.group !== 'limb' || b.group === 'free') continue;
      // The arm's root stands, too.
      if (names[a.body] === model.bodies[0].name && b.group === 'standing') continue;
      const both = [names[a.body], names[b.body]] as const;
      const key = pairOf(...both);
      if (joined.has(key)) found.set(key, { names: both, reason: 'joint' });
      else if (!found.has(key) && world.doOverlap(a.collider, b.collider))
        found.set(key, { names: both, reason: 'overlap' });
    }
    return [...found.values()];
  } finally {
    simulation.close();
  }
}

/** Names two bodies, whichever is first. */
export function pairOf(a: string, b: string): string {
  return JSON.stringify(a < b ? [a, b] : [b, a]);
}

/** Usual friction of a body: two of them rub with a coefficient of 0.25. */
export const usualFriction = 0.5;

/** A collider in the world, and the place of its body among those that touch. */
interface Placed {
  readonly collider: number;
  readonly body: number;
  readonly group: ColliderGroup;
}

/** Puts what the arm can touch into its world, and colliders on its links. */
function furnish(
  world: RapierWorld,
  scene: Scene,
  { base, links, layouts, dynamics }: ArmHandles,
): { free: readonly number[]; placed: readonly Placed[]; bodies: readonly number[] } {
  const placed: Placed[] = [];
  const names = touchingBodiesOf(scene);
  // Two bodies rub by the product of theirs.
  const share = Math.sqrt(dynamics.friction);
  /** Handles, in the order of the names. */
  const bodies = new Array<number>(names.length);
  const attach = (handle: number, body: Body, group: ColliderGroup, turned: Quat) => {
    bodies[names.indexOf(body.name)] = handle;
    for (const shape of body.colliders) {
      const { solid, frame } = solidOf(shape);
      const rotation = multiply(turned, frame.rotation);
      const at = { position: rotate(turned, frame.position), rotation };
      const desc = planCollider(solid, at, { friction: share * (body.friction ?? usualFriction), group });
      placed.push({ collider: world.addCollider(handle, desc), body: names.indexOf(body.name), group });
    }
  };
  const { model } = scene.arm;
  const group = scene.selfContacts ? 'limb' : 'arm';
  attach(base, model.bodies[0], group, identity);
  treeOf(model).bodies.forEach((body, i) => {
    attach(links[i], body, group, layouts[i].offset);
  });
  const free = freeBodiesOf(scene).map(({ body, frame }) => {
    const handle = addFreeBody(world, body, frame);
    attach(handle, body, 'free', identity);
    return handle;
  });
  for (const { model: thing, frame } of scene.fixed) {
    const plan = planBody(frame.position, frame.rotation, null);
    attach(world.addBody(plan), thing.bodies[0], 'standing', identity);
    freePlan(plan);
  }
  return { free, placed, bodies };
}

function addFreeBody(world: RapierWorld, body: Body, { position, rotation }: Frame): number {
  if (!body.inertial) throw new Error(`body ${body.name} has no mass`);
  const plan = planBody(position, rotation, { ...principal(body.inertial), gravityScale: 1 });
  const handle = world.addBody(plan);
  freePlan(plan);
  return handle;
}

/** All that may touch, but for bodies that are kept apart. */
function pairsOf(placed: readonly Placed[], names: readonly string[], apart: readonly Apart[]): ColliderPair[] {
  const kept = new Set(apart.map(({ names: [a, b] }) => pairOf(a, b)));
  return touchingPairs(placed)
    .filter(([a, b]) => !kept.has(pairOf(names[a.body], names[b.body])))
    .map(([a, b]): ColliderPair => ({ colliders: [a.collider, b.collider], bodies: [a.body, b.body] }));
}

function touchingPairs(placed: readonly Placed[]): (readonly [Placed, Placed])[] {
  return placed.flatMap((a, i) =>
    placed
      .slice(i + 1)
      .filter((b) => mayTouch(a, b))
      .map((b) => [a, b] as const),
  );
}

/** Free bodies touch anything but themselves, limbs what is not the same limb, an arm what is not of it. */
export function mayTouch(a: Pick<Placed, 'body' | 'group'>, b: Pick<Placed, 'body' | 'group'>): boolean {
  return a.body !== b.body && (a.group !== b.group || a.group === 'free' || a.group === 'limb');
}

/** A quarter turn that brings +Y to +X. */
const fromYToX: Quat = [0, 0, -Math.SQRT1_2, Math.SQRT1_2];

/** A collider in a frame of its own. */
function solidOf(shape: Collider): { solid: Solid; frame: Frame } {
  switch (shape.kind) {
    case 'box':
      return { solid: shape, frame: { position: shape.center, rotation: shape.rotation ?? identity } };
    case 'sphere':
      return { solid: shape, frame: { position: shape.center, rotation: identity } };
    case 'hull':
      return { solid: shape, frame: { position: [0, 0, 0], rotation: identity } };
    default: {
      const { middle, length, along } = rodOf(shape);
      const rotation = multiply(fromXAxisTo(along), fromYToX);
      return { solid: { kind: shape.kind, radius: shape.radius, length }, frame: { position: middle, rotation } };
    }
  }
}
