import { fromXAxisTo, identity, multiply, type Quat, rotate } from '../math/rotation.ts';
import { freeBodiesOf, rodOf, touchingBodiesOf } from '../model/free-body.ts';
import { principal } from '../model/inertia.ts';
import { treeOf } from '../model/tree.ts';
import type { Body, Collider, Frame, Scene } from '../model/types.ts';
import type { PhysicsSettings } from '../task.ts';
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
import { type SimulatedArms, Simulation } from './simulation.ts';
import type { SimulatedState } from './state.ts';

/** A world of one arm and all that is around it, before its first step. */
interface Beginning {
  readonly q: Float64Array;
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
  ): SimulatedState {
    const { snapshot, handles, pairs } = this.beginningAt(q);
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
  private beginningAt(q: ArrayLike<number>): Beginning {
    if (this.beginning?.q.every((position, i) => position === q[i])) return this.beginning;
    const { world, simulation } = this.open();
    try {
      simulation.place(0, q, null);
      const { free, pairs } = furnish(world, this.scene, simulation.handlesOf(0));
      const handles = { ...simulation.handlesOf(0), free };
      this.beginning = { q: Float64Array.from(q), snapshot: world.snapshot(), handles, pairs };
      return this.beginning;
    } finally {
      simulation.close();
    }
  }
}

/** Usual friction of a body: two of them rub with a coefficient of 0.25. */
const usualFriction = 0.5;

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
  { base, links, layouts }: ArmHandles,
): { free: readonly number[]; pairs: readonly ColliderPair[] } {
  const placed: Placed[] = [];
  const names = touchingBodiesOf(scene);
  const attach = (handle: number, body: Body, group: ColliderGroup, turned: Quat) => {
    for (const shape of body.colliders) {
      const { solid, frame } = solidOf(shape);
      const rotation = multiply(turned, frame.rotation);
      const at = { position: rotate(turned, frame.position), rotation };
      const desc = planCollider(solid, at, { friction: body.friction ?? usualFriction, group });
      placed.push({ collider: world.addCollider(handle, desc), body: names.indexOf(body.name), group });
    }
  };
  const { model } = scene.arm;
  attach(base, model.bodies[0], 'arm', identity);
  treeOf(model).bodies.forEach((body, i) => {
    attach(links[i], body, 'arm', layouts[i].offset);
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
  return { free, pairs: pairsOf(placed) };
}

function addFreeBody(world: RapierWorld, body: Body, { position, rotation }: Frame): number {
  if (!body.inertial) throw new Error(`body ${body.name} has no mass`);
  const plan = planBody(position, rotation, { ...principal(body.inertial), gravityScale: 1 });
  const handle = world.addBody(plan);
  freePlan(plan);
  return handle;
}

/** All that may touch: free bodies anything but themselves, the arm what is not of it. */
function pairsOf(placed: readonly Placed[]): ColliderPair[] {
  return placed.flatMap((a, i) =>
    placed
      .slice(i + 1)
      .filter((b) => a.body !== b.body && (a.group !== b.group || a.group === 'free'))
      .map((b): ColliderPair => ({ colliders: [a.collider, b.collider], bodies: [a.body, b.body] })),
  );
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
