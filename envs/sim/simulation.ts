import { type Dynamics, nominalDynamics, worldDynamics } from '../dynamics/fields.ts';
import { aboutAxis } from '../math/axis-angle.ts';
import { multiply, norm, type QuatOut, type Vec3, type Vec3Out } from '../math/rotation.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { followLeaders, type Mimic, treeOf } from '../model/tree.ts';
import type { Joint, Motor, Scene } from '../model/types.ts';
import type { PhysicsSettings } from '../task.ts';
import { followLeader, type GoalRules, goalRules, moveGoals } from './goals.ts';
import {
  type ArmBuild,
  type ArmPlan,
  armBuild,
  type Drive,
  freeArmPlan,
  isHeld,
  planArm,
  turnsAlong,
  zeroAtStart,
} from './plan.ts';
import { RapierWorld } from './rapier.ts';
import { type ArmHandles, type PlacedArm, type Push, Reader } from './reader.ts';
import { safeSpeedsOf } from './safe-speeds.ts';
import { ArmState, type OnDemand, type SimulatedState } from './state.ts';

/**
 * How far the zero of an overlay that turns goes ahead of its joint, rad. Rapier compares sines of half angles, which fold back
 * beyond pi: that leaves a joint room for a control step before it is past them.
 */
const ahead = 2;

/** Farthest limit that an overlay that turns is given, rad from its zero. */
const farthestTurn = 3.1;

/** How far a joint may turn from its overlay's zero before that turns along, rad. */
const behind = 1;

/** Parts of a world step in which a free body is so fast that it could go through what stands. */
const partsOfFastSteps = 4;

const xAxis: Vec3 = [1, 0, 0];

/** Arms that are moved: each in a world with others, or in one of its own. */
export type SimulatedArms = Pick<
  Simulation,
  'command' | 'push' | 'strengthen' | 'remove' | 'step' | 'read' | 'close'
> & {
  /**
   * @param pose where the free bodies of the scene are, positions and quaternions [F, 7]
   * @param velocity of their centres of mass, m/s, and rad/s [F, 6]
   * @param dynamics of the episode; nominal if not given
   */
  place(
    slot: number,
    q: ArrayLike<number>,
    dq: ArrayLike<number> | null,
    pose: Float64Array,
    velocity: Float64Array,
    dynamics?: Dynamics,
  ): SimulatedState;
};

/** A Rapier world with room for `slots` arms of one kind. They have no colliders and do not disturb each other. */
export class Simulation {
  private readonly settings: PhysicsSettings;
  private readonly build: ArmBuild;
  private readonly drive: Drive;
  private readonly world: RapierWorld;
  private readonly reader: Reader;
  private readonly joints: readonly Joint[];
  private readonly parents: readonly number[];
  private readonly mimics: readonly Mimic[];
  /** Joints whose overlays no motor holds and that have to turn along. */
  private readonly turning: readonly number[];
  private readonly rules: GoalRules;
  /** Of the free bodies, m/s. */
  private readonly safeSpeeds: readonly number[];
  private readonly arms: (PlacedArm | null)[];
  private plan: ArmPlan | null = null;
  // What a step works with, made once.
  private readonly turned: QuatOut = [0, 0, 0, 1];
  private readonly along: Vec3Out = [0, 0, 0];
  private readonly center: Vec3Out = [0, 0, 0];
  private readonly kick: Float64Array;
  private readonly linkTorque: Float64Array;

  /**
   * @param world to work in; one of its own if not given
   * @throws Error for an arm that cannot be simulated
   */
  constructor(
    scene: Scene,
    settings: PhysicsSettings,
    drive: Drive,
    slots: number,
    world = new RapierWorld(settings, scene.gravity),
  ) {
    const { model } = scene.arm;
    const { joints, parents, degrees, mimics } = treeOf(model);
    this.settings = settings;
    this.drive = drive;
    this.build = armBuild(scene.arm, settings, drive);
    this.world = world;
    this.reader = new Reader(this.world, scene.arm);
    this.joints = joints;
    this.parents = parents;
    this.mimics = mimics;
    this.turning = [...joints.keys()].filter((i) => !isHeld(joints[i], drive.drive) && turnsAlong(joints[i]));
    this.rules = goalRules(model, settings.dt);
    this.safeSpeeds = safeSpeedsOf(scene, settings.dt / settings.substeps);
    this.arms = new Array<PlacedArm | null>(slots).fill(null);
    this.kick = new Float64Array(degrees);
    this.linkTorque = new Float64Array(degrees);
  }

  /**
   * Puts a new arm into the slot, at positions q [J] and velocities dq [J] (at rest when null), in place of the one that
   * was there; mimic joints stand where their leaders have them, whatever q says. Only a new arm is free of history: it moves with
   * the same bits wherever and whenever it is placed.
   */
  place(
    slot: number,
    q: ArrayLike<number>,
    dq: ArrayLike<number> | null,
    _pose?: Float64Array,
    _velocity?: Float64Array,
    dynamics = nominalDynamics,
  ): SimulatedState {
    this.checkStart(dq);
    this.remove(slot);
    const { world, parents } = this;
    const plan = this.planFor(followLeaders(this.build.arm.model, Float64Array.from(q)), dynamics);
    const base = world.addBody(plan.base);
    // Every link and its joint before any overlay: Rapier solves overlays in the order of their making.
    const links: number[] = [];
    plan.links.forEach(({ body, joint }, i) => {
      const link = world.addBody(body);
      world.join(joint, links[parents[i]] ?? base, link);
      links.push(link);
    });
    const payload = plan.payload ? [world.addBody(plan.payload.body)] : [];
    for (const weight of payload) if (plan.payload) world.join(plan.payload.joint, links[plan.payload.link], weight);
    const overlays = plan.links.map(({ joint }, i) => world.overlay(joint, links[parents[i]] ?? base, links[i]));
    const dampers: number[] = [];
    plan.links.forEach(({ joint }, i) => {
      if (joint.damping > 0) dampers.push(world.damper(joint, links[parents[i]] ?? base, links[i]));
    });
    const handles: ArmHandles = {
      base,
      links,
      overlays,
      dampers,
      payload,
      free: [],
      motors: plan.links.map(({ joint }) => joint.motor),
      layouts: plan.layouts,
      start: plan.start,
      dynamics,
    };
    const { layouts } = plan;
    const zero = this.zerosAt(plan.start);
    for (let i = 0; i < overlays.length; i++) this.limit({ overlays, layouts, zero }, i);
    return this.adopt(slot, handles, dq);
  }

  /** Takes an arm that was put into the world already, at rest, into the slot. */
  adopt(
    slot: number,
    handles: ArmHandles,
    dq: ArrayLike<number> | null,
    touching?: OnDemand['touching'],
  ): SimulatedState {
    this.checkStart(dq);
    const { joints } = this;
    const { base, links, overlays, dampers, payload, free, motors, layouts, start, dynamics } = handles;
    const bodies = [...links, ...free];
    // Every field by its name: what is spread is laid out anew for each episode.
    const placed: PlacedArm = {
      base,
      links,
      overlays,
      dampers,
      payload,
      free,
      motors,
      layouts,
      start,
      dynamics,
      zero: this.zerosAt(start),
      goal: Float64Array.from(start),
      way: new Float64Array(joints.length),
      travel: new Float64Array(joints.length),
      state: new ArmState(this.build.arm.model, free.length, {
        readVelocities: (out) => this.reader.readVelocities(bodies, out),
        touching,
      }),
      torque: new Float64Array(joints.length),
      startVelocity: dq ? Float64Array.from(dq) : null,
      isLate: false,
      strongest: motors,
      strength: 1,
      pushes: [],
    };
    this.arms[slot] = placed;
    placed.state.q.set(start);
    this.read(slot);
    if (dq) placed.state.dq.set(dq);
    return placed.state;
  }

  /** Where the joints are when their overlays are at zero in the beginning, rad or m [J]. */
  private zerosAt(start: Float64Array): Float64Array {
    const zero = new Float64Array(start.length);
    for (let i = 0; i < zero.length; i++) zero[i] = zeroAtStart(this.joints[i], this.drive.drive, start[i]);
    return zero;
  }

  private checkStart(dq: ArrayLike<number> | null): void {
    if (!dq || (this.drive.drive === 'torque' && this.drive.linkTorques)) return;
    const what = 'only a torque drive with linkTorques starts an arm at a velocity';
    throw new DefinitionError(`arm ${this.build.arm.model.name}: ${what}`);
  }

  /** What was put into the world for the slot's arm. */
  handlesOf(slot: number): ArmHandles {
    const { base, links, overlays, dampers, payload, free, motors, layouts, start, dynamics } = this.placed(slot);
    return { base, links, overlays, dampers, payload, free, motors, layouts, start, dynamics };
  }

  /** Takes the arm out of the slot. */
  remove(slot: number): void {
    const placed = this.arms[slot];
    if (!placed) return;
    // Rapier fills the gap that a joint leaves with the last one of the world, and solves joints in that order. Backwards,
    // arm by arm, the joints of the arm that fills the gap stay in their own order, and so do its bits.
    for (const damper of placed.dampers.toReversed()) this.world.removeOverlay(damper);
    for (const overlay of placed.overlays.toReversed()) this.world.removeOverlay(overlay);
    for (const body of [...placed.payload, ...placed.links]) this.world.removeBody(body);
    this.world.removeBody(placed.base);
    this.arms[slot] = null;
  }

  /**
   * Commands the slot's arm, as it was last read: targets of the position motors, rad or m [J], clipped to the joint limits, or
   * joint torques and forces, N m or N [J], that hold until the next command. What stands there for a mimic joint is not read: that
   * one follows its leader's target, or its leader.
   */
  command(slot: number, target: ArrayLike<number>): void {
    const placed = this.placed(slot);
    if (this.drive.drive === 'torque') {
      const strength = placed.strength * placed.dynamics['motor.strength'];
      for (let i = 0; i < placed.torque.length; i++) placed.torque[i] = strength * target[i];
      for (const { coordinate } of this.mimics) placed.torque[coordinate] = 0;
      return;
    }
    const { goal, way } = placed;
    moveGoals(this.rules, target, goal, way);
    if (this.settings.interpolateTargets) {
      for (let i = 0; i < goal.length; i++) way[i] = goal[i] - way[i];
      return;
    }
    placed.isLate = false;
    for (let i = 0; i < goal.length; i++) this.aim(placed, i);
  }

  /** Has forces push on the slot's arm and free bodies in every step from now on, in place of those before. */
  push(slot: number, pushes: readonly Push[]): void {
    const placed = this.placed(slot);
    this.release(placed);
    placed.pushes = pushes;
  }

  /** Leaves the slot's motors, or the torques that are commanded, a share of their strength. */
  strengthen(slot: number, strength: number): void {
    const placed = this.placed(slot);
    if (placed.strength === strength) return;
    placed.strength = strength;
    if (this.drive.drive === 'torque') return;
    placed.motors = placed.strongest.map((motor) => motor && scaled(motor, strength));
    placed.motors.forEach((motor, i) => {
      if (motor) this.world.tuneOverlay(placed.overlays[i], motor, placed.layouts[i].slides);
    });
  }

  /** Advances every arm by one control step. */
  step(): void {
    for (let substep = 0; substep < this.settings.substeps; substep++) {
      for (const placed of this.arms) if (placed) this.release(placed);
      if (this.drive.drive === 'torque') this.applyTorques(substep);
      else if (this.settings.interpolateTargets) this.aimOnTheWay(1 - (substep + 1) / this.settings.substeps);
      else this.aimAgain();
      for (const placed of this.arms) if (placed) this.applyPushes(placed);
      if (this.safeSpeeds.length) this.world.cutSteps(this.arms.some(this.isFast) ? partsOfFastSteps : 1);
      this.world.step();
    }
  }

  /** Whether a world step could carry a free body through what stands. */
  private readonly isFast = (placed: PlacedArm | null): boolean =>
    placed?.free.some((body, i) => norm(this.world.velocity(body, this.along)) > this.safeSpeeds[i]) ?? false;

  /** Takes away what pushed in the last world step. */
  private release({ links, free, pushes }: PlacedArm): void {
    for (const { body } of pushes) this.world.releaseBody(links[body] ?? free[body - links.length]);
  }

  private applyPushes({ links, free, pushes }: PlacedArm): void {
    for (const { body, force, point } of pushes) {
      const handle = links[body] ?? free[body - links.length];
      this.world.slideBody(handle, force, point ?? this.world.centerOfMass(handle, this.center));
    }
  }

  /** Reads the arm's state from Rapier. */
  read(slot: number): SimulatedState {
    const placed = this.placed(slot);
    this.reader.read(placed);
    return placed.state;
  }

  /** Frees the world. */
  close(): void {
    this.world.close();
    if (this.plan) freeArmPlan(this.plan);
    this.plan = null;
  }

  /**
   * Sends the motor of a joint to its goal. A motor that turns has the frame of its overlay turned to the goal and holds the overlay's own
   * zero, because Rapier measures the error by the sine of half the angle, which fades far from zero. A goal out of the overlay's
   * reach is approached with the joint.
   */
  private aim(placed: PlacedArm, i: number, goal = placed.goal[i]): void {
    const { overlays, motors, layouts, start, state, zero } = placed;
    if (layouts[i].slides) {
      this.world.slideOverlay(overlays[i], goal - start[i], motors[i] as Motor);
      return;
    }
    zero[i] = Math.min(Math.max(goal, state.q[i] - ahead), state.q[i] + ahead);
    if (zero[i] !== goal) placed.isLate = true;
    const turn = aboutAxis(xAxis, zero[i] - start[i], this.turned);
    this.world.turnOverlay(overlays[i], multiply(layouts[i].frame, turn, this.turned));
    this.limit(placed, i);
  }

  /** Limits the joint by its overlay. */
  private limit({ overlays, layouts, zero }: Pick<PlacedArm, 'overlays' | 'layouts' | 'zero'>, i: number): void {
    const { low, high } = this.joints[i];
    if (low === undefined && high === undefined) return;
    const { slides } = layouts[i];
    // A limit farther away is out of the joint's reach until the overlay has turned along: beyond pi, sines fold back.
    const farthest = slides ? Infinity : farthestTurn;
    const least = Math.max((low ?? -Infinity) - zero[i], -farthest);
    const most = Math.min((high ?? Infinity) - zero[i], farthest);
    this.world.limitOverlay(overlays[i], least, most, slides);
  }

  /** Sends every motor to where its target is when `left` of the way from the one before is left. */
  private aimOnTheWay(left: number): void {
    for (const placed of this.arms) {
      if (!placed) continue;
      const { goal, way } = placed;
      this.reader.readJoints(placed);
      for (let i = 0; i < goal.length; i++) this.aim(placed, i, goal[i] - left * way[i]);
    }
  }

  /** Brings overlays nearer to goals that were out of their reach. */
  private aimAgain(): void {
    for (const placed of this.arms) {
      if (!placed?.isLate) continue;
      this.reader.readJoints(placed);
      placed.isLate = false;
      for (let i = 0; i < placed.goal.length; i++) this.aim(placed, i);
    }
  }

  /** Hands each link what the controller makes of the commanded torques and the velocities of this moment. */
  private applyTorques(substep: number): void {
    const { arms, drive, settings, world, reader, kick, linkTorque } = this;
    const h = settings.dt / settings.substeps;
    for (const placed of arms) {
      if (!placed) continue;
      const { links, layouts, state, torque, travel, startVelocity } = placed;
      // Before its first step an arm stands still at its start, whatever velocity that is about to give it.
      if (startVelocity === null) this.lookAgain(placed);
      for (let i = 0; i < kick.length; i++) {
        kick[i] = startVelocity ? (startVelocity[i] * settings.substeps) / settings.dt : 0;
      }
      placed.startVelocity = null;
      for (let i = 0; i < travel.length; i++) travel[i] += h * state.dq[i];
      if (!drive.linkTorques) {
        this.applyJointTorques(placed);
        continue;
      }
      drive.linkTorques(torque, state.dq, kick, linkTorque, substep);
      links.forEach((link, i) => {
        const axis = reader.axisOf(link, layouts[i], i);
        const own = linkTorque[i];
        world.pushBody(link, [own * axis[0], own * axis[1], own * axis[2]]);
      });
    }
  }

  /** A torque turns a link, and the one that carries it the other way; a force pushes both along one line. */
  private applyJointTorques({ links, layouts, torque }: PlacedArm): void {
    const { world, reader, parents, along } = this;
    for (const link of links) world.releaseBody(link);
    links.forEach((link, i) => {
      const axis = reader.axisOf(link, layouts[i], i);
      const act = (body: number, amount: number) => {
        for (let k = 0; k < 3; k++) along[k] = amount * axis[k];
        if (layouts[i].slides) world.slideBody(body, along, reader.positionOf(link));
        else world.turnBody(body, along);
      };
      act(link, torque[i]);
      if (parents[i] >= 0) act(links[parents[i]], -torque[i]);
    });
  }

  /** Reads what a world step by torques needs, and moves the overlays that no target moves: those of wide limits and those of mimics. */
  private lookAgain(placed: PlacedArm): void {
    const { state, zero, goal } = placed;
    if (!this.turning.length && !this.mimics.length) {
      this.reader.readJointVelocities(placed);
      return;
    }
    this.reader.readJoints(placed);
    for (const i of this.turning) {
      if (Math.abs(state.q[i] - zero[i]) <= behind) continue;
      goal[i] = state.q[i];
      this.aim(placed, i);
    }
    for (const mimic of this.mimics) {
      followLeader(this.rules, mimic, state.q, goal);
      this.aim(placed, mimic.coordinate);
    }
  }

  /** The plan of an arm that starts at positions q; the last one is kept, because most tasks start all episodes alike. */
  private planFor(q: ArrayLike<number>, dynamics: Dynamics): ArmPlan {
    if (this.plan && areAlike(this.plan, { start: q, dynamics })) return this.plan;
    if (this.plan) freeArmPlan(this.plan);
    this.plan = planArm(this.build, q, dynamics);
    return this.plan;
  }

  private placed(slot: number): PlacedArm {
    const placed = this.arms[slot];
    if (!placed) throw new Error(`slot ${slot} holds no arm; place one first`);
    return placed;
  }
}

/** How an arm begins: where, rad or m [J], and in what world. */
export interface Begun {
  readonly start: ArrayLike<number>;
  readonly dynamics: Dynamics;
}

export function areAlike(a: Begun, b: Begun): boolean {
  for (let i = 0; i < a.start.length; i++) if (a.start[i] !== b.start[i]) return false;
  return a.dynamics === b.dynamics || worldDynamics.every((name) => a.dynamics[name] === b.dynamics[name]);
}

function scaled({ stiffness, damping, maxForce, ...rest }: Motor, share: number): Motor {
  return { ...rest, stiffness: share * stiffness, damping: share * damping, maxForce: share * maxForce };
}
