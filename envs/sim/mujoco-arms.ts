import type { MainModule, MjData, MjModel } from '@mujoco/mujoco';
import { type Dynamics, nominalDynamics } from '../dynamics/fields.ts';
import { conjugate, cross, type Quat, rotate, subtract, type Vec3, type Vec3Out } from '../math/rotation.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { freeBodiesOf, touchingBodiesOf } from '../model/free-body.ts';
import { siteOf, treeOf } from '../model/tree.ts';
import type { Arm, Placed, Scene } from '../model/types.ts';
import type { PhysicsSettings } from '../task.ts';
import { pairOf } from './contact-simulation.ts';
import type { EngineTask } from './engine.ts';
import { followLeader, type GoalRules, goalRules, moveGoals } from './goals.ts';
import { type MujocoContacts, openContacts } from './mujoco-contacts.ts';
import { leastDamping, mujocoModel, positionActuator } from './mujoco-model.ts';
import { type Things, thingsOf } from './mujoco-things.ts';
import { armBuild, type Drive, driven, isHeld, payloadRadius } from './plan.ts';
import type { Push } from './reader.ts';
import type { SimulatedArms } from './simulation.ts';
import { ArmState, type SimulatedState } from './state.ts';

/** An arm in MuJoCo, and what the simulation knows of it. */
interface PlacedArm {
  readonly model: MjModel;
  readonly data: MjData;
  /** Where the motors are to bring the joints, and where they were to before, rad or m [J]. */
  readonly goal: Float64Array;
  readonly before: Float64Array;
  /** Joint torques or forces asked for, N m or N [J]. */
  readonly torque: Float64Array;
  /** What pushes on it from outside. */
  pushes: readonly Push[];
  /** Share of the motors' strength. */
  strength: number;
  /** Of the episode; null before the first. */
  dynamics: Dynamics | null;
  /** Whether it was commanded what is no control. */
  isLost: boolean;
  /** Null while no episode runs. */
  state: SimulatedState | null;
}

/** Where MuJoCo has what is simulated: the places of the arm's joints and of their links [J], and of its base, among all. */
interface Places {
  readonly joints: readonly number[];
  readonly links: readonly number[];
  /** Free bodies, and where their positions and velocities begin. */
  readonly free: readonly { readonly body: number; readonly position: number; readonly velocity: number }[];
  readonly base: number;
  /** -1 where the end effector is the base itself. */
  readonly payload: number;
}

/** What is as large is no control to MuJoCo. */
const largestControl = 1e10;

/** Numbers of a motor in MuJoCo's tables, and of a force on a body. */
const perMotor = 10;
const perForce = 6;

/**
 * Arms in MuJoCo, each in a simulation of its own, by the same goals, limits, motors and control steps as in Rapier. It has a smaller
 * step, and no correction of the motors is needed there.
 */
export class MujocoArms implements SimulatedArms {
  private readonly mujoco: MainModule;
  private readonly arm: Placed<Arm>;
  private readonly physics: PhysicsSettings;
  private readonly drive: Drive;
  private readonly rules: GoalRules;
  /** What every slot's model is a copy of. */
  private readonly nominal: MjModel;
  private readonly places: Places;
  /** Null where nothing touches. */
  private readonly contacts: MujocoContacts | null;
  /** Of each site, the place of its link among those of the arm; -1 for the base. */
  private readonly siteBodies: readonly number[];
  /** Links, then free bodies. */
  private readonly movingBodies: readonly number[];
  /** Steps of MuJoCo in a world step. */
  private readonly steps: number;
  private readonly arms: (PlacedArm | null)[];
  // What a step works with, made once.
  private readonly linkTorque: Float64Array;
  private readonly still: Float64Array;
  private readonly point: Vec3Out = [0, 0, 0];
  private readonly lever: Vec3Out = [0, 0, 0];
  private readonly spin: Vec3Out = [0, 0, 0];

  /**
   * @param timestep of MuJoCo at most, s
   * @throws DefinitionError for an arm that cannot be simulated
   */
  constructor(mujoco: MainModule, { scene, physics, controller }: EngineTask, slots: number, timestep: number) {
    const { model } = scene.arm;
    // What Rapier cannot simulate is refused by the same words.
    armBuild(scene.arm, physics, controller);
    const worldStep = physics.dt / physics.substeps;
    this.mujoco = mujoco;
    this.arm = scene.arm;
    this.physics = physics;
    this.drive = controller;
    this.rules = goalRules(model, physics.dt);
    // Torques on links are what a world step of this length makes of them.
    this.steps = controller.linkTorques ? 1 : Math.ceil(worldStep / timestep - 1e-6);
    const settings = {
      timestep: worldStep / this.steps,
      damping: leastDamping,
      limited: true,
      gravity: scene.gravity,
      gravityCompensation: physics.gravityCompensation,
      hasPayload: true,
    };
    const compile = (things?: Things) => {
      const xml = mujocoModel(
        scene.arm,
        settings,
        (joint, i) =>
          isHeld(joint, controller.drive) ? positionActuator(joint, i, model.name) : `<motor joint="joint${i}"/>`,
        things,
      );
      return compiled(mujoco, xml, model.name);
    };
    const things = scene.contacts ? thingsOf(scene, apartIn(mujoco, scene, compile)) : undefined;
    this.nominal = compile(things);
    this.places = placesIn(mujoco, this.nominal, scene);
    this.contacts = things ? openContacts(mujoco, this.nominal, things, touchingBodiesOf(scene)) : null;
    this.movingBodies = [...this.places.links, ...this.places.free.map(({ body }) => body)];
    this.siteBodies = model.sites.map(({ name }) => siteOf(model, name).body);
    this.arms = new Array<PlacedArm | null>(slots).fill(null);
    this.linkTorque = new Float64Array(this.places.joints.length);
    this.still = new Float64Array(this.places.joints.length);
  }

  /** Puts the slot's arm at positions q [J] and velocities dq [J], at rest when null, free of all that it did before. */
  place(
    slot: number,
    q: ArrayLike<number>,
    dq: ArrayLike<number> | null,
    pose: Float64Array,
    velocity: Float64Array,
    dynamics = nominalDynamics,
  ): SimulatedState {
    const { mujoco, arm, places, rules, contacts } = this;
    const placed = this.arms[slot] ?? this.createArm();
    this.arms[slot] = placed;
    const { model, data, goal, torque } = placed;
    this.vary(placed, dynamics);
    mujoco.mj_resetData(model, data);
    placed.pushes = [];
    placed.isLost = false;
    torque.fill(0);
    goal.set(q);
    for (const mimic of rules.mimics) followLeader(rules, mimic, goal, goal);
    const { qpos, qvel } = views(data);
    places.joints.forEach((at, i) => {
      qpos[at] = goal[i];
      qvel[at] = dq?.[i] ?? 0;
    });
    places.free.forEach((one, i) => {
      putFreeBody(placed, one, pose.subarray(7 * i, 7 * i + 7), velocity.subarray(6 * i, 6 * i + 6));
    });
    placed.state = new ArmState(arm.model, places.free.length, {
      readVelocities: (out) => this.readVelocities(placed, out),
      ...(contacts && { touching: { bodies: contacts.bodies, read: (out) => contacts.read(data, out) } }),
    });
    return this.read(slot);
  }

  /** Gives an arm the masses and motors of an episode, at full strength. */
  private vary(placed: PlacedArm, dynamics: Dynamics): void {
    const { mujoco, nominal, places, physics } = this;
    if (placed.dynamics === dynamics && placed.strength === 1) return;
    placed.dynamics = dynamics;
    placed.strength = 1;
    const { model, data } = placed;
    const { body_mass: mass, body_inertia: inertia, body_gravcomp: compensation } = model;
    // What cancels gravity knows the nominal masses.
    const cancelled = physics.gravityCompensation && !dynamics.gravity ? 1 / dynamics.mass : 0;
    for (const link of places.links) {
      mass[link] = dynamics.mass * nominal.body_mass[link];
      for (let k = 3 * link; k < 3 * link + 3; k++) inertia[k] = dynamics.mass * nominal.body_inertia[k];
      compensation[link] = cancelled;
    }
    if (places.payload >= 0) {
      const { payload } = dynamics;
      mass[places.payload] = payload;
      inertia.fill(0.4 * payload * payloadRadius * payloadRadius, 3 * places.payload, 3 * places.payload + 3);
    }
    this.tune(placed);
    this.contacts?.rub(model, dynamics.friction);
    mujoco.mj_setConst(model, data);
  }

  /** Writes the numbers of the motors. */
  private tune({ model, dynamics, strength }: PlacedArm): void {
    const { actuator_gainprm: gain, actuator_biasprm: bias, actuator_forcerange: range } = model;
    this.rules.joints.forEach((joint, i) => {
      if (!joint.motor || !isHeld(joint, this.drive.drive)) return;
      const { stiffness, damping, maxForce } = driven(joint.motor, dynamics ?? nominalDynamics);
      gain[perMotor * i] = strength * stiffness;
      bias.set([0, -strength * stiffness, -strength * damping], perMotor * i);
      range.set([-strength * maxForce, strength * maxForce], 2 * i);
    });
  }

  private createArm(): PlacedArm {
    const { mujoco, nominal, places } = this;
    const model = new mujoco.MjModel(nominal);
    const [goal, before, torque] = [1, 2, 3].map(() => new Float64Array(places.joints.length));
    return {
      model,
      data: new mujoco.MjData(model),
      goal,
      before,
      torque,
      pushes: [],
      strength: 1,
      dynamics: null,
      isLost: false,
      state: null,
    };
  }

  remove(slot: number): void {
    const placed = this.arms[slot];
    if (placed) placed.state = null;
  }

  command(slot: number, target: ArrayLike<number>): void {
    const placed = this.placed(slot);
    const { goal, before, torque, strength, dynamics } = placed;
    if (this.drive.drive === 'position') moveGoals(this.rules, target, goal, before);
    else {
      const share = strength * (dynamics?.['motor.strength'] ?? 1);
      for (let i = 0; i < torque.length; i++) torque[i] = share * target[i];
    }
    // MuJoCo takes these for 0, and goes on.
    placed.isLost ||= [...goal, ...torque].some((control) => !(Math.abs(control) < largestControl));
  }

  push(slot: number, pushes: readonly Push[]): void {
    this.placed(slot).pushes = pushes;
  }

  strengthen(slot: number, strength: number): void {
    const placed = this.placed(slot);
    if (placed.strength === strength) return;
    placed.strength = strength;
    this.tune(placed);
  }

  /** Advances every arm by one control step. */
  step(): void {
    for (const placed of this.arms) {
      if (!placed?.state) continue;
      for (let substep = 0; substep < this.physics.substeps; substep++) this.stepWorld(placed, substep);
    }
  }

  private stepWorld(placed: PlacedArm, substep: number): void {
    const { mujoco, drive } = this;
    const { model, data, pushes } = placed;
    const { xfrc_applied: forces } = views(data);
    forces.fill(0);
    if (pushes.length || drive.linkTorques) mujoco.mj_kinematics(model, data);
    for (const push of pushes) this.pushBody(data, push);
    if (drive.linkTorques) this.turnLinks(placed, substep);
    else if (drive.drive === 'torque') views(data).ctrl.set(placed.torque);
    else this.aim(placed, substep);
    for (let step = 0; step < this.steps; step++) {
      if (drive.drive === 'torque') this.followLeaders(placed);
      mujoco.mj_step(model, data);
    }
  }

  /** Sends every motor to its goal, or as far on the way there as the world step is in the control step. */
  private aim({ data, goal, before }: PlacedArm, substep: number): void {
    const { interpolateTargets, substeps } = this.physics;
    const { ctrl } = views(data);
    const left = interpolateTargets ? 1 - (substep + 1) / substeps : 0;
    for (let i = 0; i < goal.length; i++) ctrl[i] = goal[i] - left * (goal[i] - before[i]);
  }

  /** Sends mimics, which no torque moves, to where their leaders are. */
  private followLeaders({ data, goal }: PlacedArm): void {
    const { rules, places } = this;
    if (!rules.mimics.length) return;
    const { qpos, ctrl } = views(data);
    const q = places.joints.map((at) => qpos[at]);
    for (const mimic of rules.mimics) {
      followLeader(rules, mimic, q, goal);
      ctrl[mimic.coordinate] = goal[mimic.coordinate];
    }
  }

  /** Hands each link what the controller makes of the commanded torques and the velocities of this moment. */
  private turnLinks({ data, torque }: PlacedArm, substep: number): void {
    const { drive, places, linkTorque, still } = this;
    const { qvel, xaxis, xfrc_applied: forces } = views(data);
    const dq = Float64Array.from(places.joints, (at) => qvel[at]);
    drive.linkTorques?.(torque, dq, still, linkTorque, substep);
    places.joints.forEach((at, i) => {
      const to = perForce * places.links[i] + 3;
      for (let k = 0; k < 3; k++) forces[to + k] += linkTorque[i] * xaxis[3 * at + k];
    });
  }

  /** MuJoCo's forces act at centres of mass. */
  private pushBody(data: MjData, { body, force, point }: Push): void {
    const { xipos, xfrc_applied: forces } = views(data);
    const link = this.movingBodies[body];
    const center = vectorAt(xipos, 3 * link, this.point);
    const torque = cross(subtract(point ?? center, center, this.lever), force, this.spin);
    for (let k = 0; k < 3; k++) {
      forces[perForce * link + k] += force[k];
      forces[perForce * link + 3 + k] += torque[k];
    }
  }

  read(slot: number): SimulatedState {
    const { mujoco, places } = this;
    const { model, data, state, isLost } = this.placed(slot);
    mujoco.mj_kinematics(model, data);
    mujoco.mj_comPos(model, data);
    mujoco.mj_comVel(model, data);
    const { qpos, qvel, xpos, xquat } = views(data);
    const { q, dq, pose } = state;
    for (let i = 0; i < q.length; i++) {
      q[i] = isLost ? Number.NaN : qpos[places.joints[i]];
      dq[i] = qvel[places.joints[i]];
    }
    for (let i = 0; i < this.movingBodies.length; i++) {
      const link = this.movingBodies[i];
      for (let k = 0; k < 3; k++) pose[7 * i + k] = xpos[3 * link + k];
      for (let k = 0; k < 4; k++) pose[7 * i + 3 + k] = xquat[4 * link + ((k + 1) % 4)];
    }
    this.readSites(this.placed(slot), state);
    state.refreshed();
    return state;
  }

  private readSites({ model, data }: PlacedArm, state: SimulatedState): void {
    const { arm, places, siteBodies, point } = this;
    const { xpos, xmat } = views(data);
    arm.model.sites.forEach(({ frame }, i) => {
      const { position, velocity } = state.sites[i];
      const body = siteBodies[i] < 0 ? places.base : places.links[siteBodies[i]];
      for (let k = 0; k < 3; k++) {
        const row = 9 * body + 3 * k;
        const [x, y, z] = frame.position;
        position[k] = xpos[3 * body + k] + xmat[row] * x + xmat[row + 1] * y + xmat[row + 2] * z;
      }
      velocity.set(this.velocityOf({ model, data }, body, vectorAt(position, 0, point)));
    });
  }

  private readVelocities({ model, data }: PlacedArm, out: Float64Array): void {
    const { cvel, xipos } = views(data);
    this.movingBodies.forEach((link, i) => {
      out.set(this.velocityOf({ model, data }, link, vectorAt(xipos, 3 * link, this.point)), perForce * i);
      out.set(vectorAt(cvel, 6 * link, this.spin), perForce * i + 3);
    });
  }

  /** Velocity of a point of a body, m/s: MuJoCo has those of the points that lie where the centre of mass of the whole tree is. */
  private velocityOf({ model, data }: Pick<PlacedArm, 'model' | 'data'>, body: number, point: Vec3): Vec3 {
    const { cvel, subtree_com } = views(data);
    const { lever, spin } = this;
    subtract(point, vectorAt(subtree_com, 3 * model.body_rootid[body], lever), lever);
    cross(vectorAt(cvel, 6 * body, spin), lever, lever);
    for (let k = 0; k < 3; k++) lever[k] += cvel[6 * body + 3 + k];
    return lever;
  }

  /** Frees all models. */
  close(): void {
    for (const placed of this.arms) {
      placed?.data.delete();
      placed?.model.delete();
    }
    this.arms.fill(null);
    this.nominal.delete();
  }

  private placed(slot: number): PlacedArm & { readonly state: SimulatedState } {
    const placed = this.arms[slot];
    if (!placed?.state) throw new Error(`slot ${slot} holds no arm; place one first`);
    return placed as PlacedArm & { readonly state: SimulatedState };
  }
}

/** What is read of a simulation and written to it; taken anew each time, because views fall off the memory when it grows. */
type Views = Readonly<
  Record<
    'qpos' | 'qvel' | 'ctrl' | 'xfrc_applied' | 'xpos' | 'xquat' | 'xmat' | 'xipos' | 'xaxis' | 'cvel' | 'subtree_com',
    Float64Array
  >
>;

function views(data: MjData): Views {
  return data;
}

/** @throws DefinitionError for what MuJoCo does not take, by its own words */
function compiled(mujoco: MainModule, xml: string, arm: string): MjModel {
  try {
    return mujoco.MjModel.from_xml_string(xml);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const why = said.replace(/^(MuJoCo Error|Loading error|Error|XML Error|:|\s)+/, '').split('\n', 1)[0];
    throw new DefinitionError(`arm ${arm}: MuJoCo cannot simulate its scene: ${why}`);
  }
}

function placesIn(mujoco: MainModule, model: MjModel, { arm, objects }: Scene): Places {
  const { mjOBJ_BODY, mjOBJ_JOINT } = mujoco.mjtObj;
  const placeOf = (kind: { readonly value: number }, name: string) => mujoco.mj_name2id(model, kind.value, name);
  const joints = treeOf(arm.model).joints.map((_, i) => placeOf(mjOBJ_JOINT, `joint${i}`));
  return {
    joints,
    links: joints.map((_, i) => placeOf(mjOBJ_BODY, `link${i}`)),
    free: objects.map((_, i) => {
      const joint = placeOf(mjOBJ_JOINT, `free${i}`);
      const [position, velocity] = [model.jnt_qposadr[joint], model.jnt_dofadr[joint]];
      return { body: placeOf(mjOBJ_BODY, `free${i}`), position, velocity };
    }),
    base: placeOf(mjOBJ_BODY, 'base'),
    payload: placeOf(mjOBJ_BODY, 'payload'),
  };
}

/**
 * Puts a free body at a pose [7], at velocities of its centre of mass, m/s, and rad/s [6]: MuJoCo has that of its origin, and turns it
 * in its own axes.
 */
function putFreeBody(
  { model, data }: PlacedArm,
  { body, position, velocity }: Places['free'][number],
  pose: Float64Array,
  speeds: Float64Array,
): void {
  const { qpos, qvel } = views(data);
  const [x, y, z, qx, qy, qz, qw] = pose;
  const turned: Quat = [qx, qy, qz, qw];
  const spin = vectorAt(speeds, 3, [0, 0, 0]);
  const center = rotate(turned, vectorAt(model.body_ipos, 3 * body, [0, 0, 0]));
  qpos.set([x, y, z, qw, qx, qy, qz], position);
  qvel.set(subtract(vectorAt(speeds, 0, [0, 0, 0]), cross(spin, center)), velocity);
  qvel.set(rotate(conjugate(turned), spin), velocity + 3);
}

/** Bodies of an arm that touches itself which pass through each other: those that a joint connects, or that overlap at its home. */
function apartIn(mujoco: MainModule, scene: Scene, compile: (things: Things) => MjModel): ReadonlySet<string> {
  if (!scene.selfContacts) return new Set();
  const { model: arm } = scene.arm;
  const names = touchingBodiesOf(scene);
  const apart = new Set(arm.joints.map(({ parent, child }) => pairOf(parent, child)));
  const free = freeBodiesOf(scene).map(({ body }) => body.name);
  const things = thingsOf(scene, apart);
  const model = compile(things);
  const data = new mujoco.MjData(model);
  const contacts = openContacts(mujoco, model, things, names);
  treeOf(arm).joints.forEach((_, i) => {
    data.qpos[mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT.value, `joint${i}`)] = arm.home[i];
  });
  mujoco.mj_forward(model, data);
  for (const bodies of contacts.bodiesIn(data)) {
    const [a, b] = bodies.map((body) => names[body]);
    if (!free.includes(a) && !free.includes(b)) apart.add(pairOf(a, b));
  }
  data.delete();
  model.delete();
  return apart;
}

function vectorAt(from: Float64Array, at: number, out: Vec3Out): Vec3Out {
  for (let k = 0; k < 3; k++) out[k] = from[at + k];
  return out;
}
