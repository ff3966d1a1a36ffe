/**
 * The simulated world, by itself: arms, tasks, controllers, environments and recordings.
 *
 *     import { loadPhysics, makeEnv } from '@armature-rl/armature/envs';
 */

export { arms } from './arms/index.ts';
export { type EndEffectorSettings, endEffectorStep } from './control/end-effector-step.ts';
export { fingersOf, gripperStep, widthOf } from './control/gripper-step.ts';
export { jointStep } from './control/joint-step.ts';
export { jointTorque } from './control/joint-torque.ts';
export { jointFields, observedJoints, observeJoints } from './control/observe-joints.ts';
export { type Dynamics, type DynamicsName, dynamicsFields } from './dynamics/fields.ts';
export { type DynamicsRanges, dynamicsSets } from './dynamics/ranges.ts';
export type { Env, EnvBatch, EnvConfig, Metric, ModuleIdentity, TrainingDefaults } from './env.ts';
export { endOf } from './env.ts';
export { acos, asin, atan2, cos, exp, log, sin, tanh } from './math/kernels.ts';
export { episodeSeed, type Random, stream } from './math/random.ts';
export {
  add,
  conjugate,
  distance,
  identity,
  multiply,
  type Quat,
  rotate,
  subtract,
  type Vec3,
} from './math/rotation.ts';
export { withColliders } from './model/colliders.ts';
export { DefinitionError } from './model/definition-error.ts';
export { fixedBody, freeBody, type Thing } from './model/free-body.ts';
export { jointInertia } from './model/joint-inertia.ts';
export { forwardKinematics, inverseKinematics, jacobian } from './model/kinematics.ts';
export { followLeaders, treeOf } from './model/tree.ts';
export type {
  Arm,
  Body,
  Collider,
  Frame,
  Hull,
  Inertial,
  Joint,
  JointKind,
  Mesh,
  MeshData,
  Meshes,
  Model,
  Motor,
  Placed,
  Scene,
  Shape,
  ShapePart,
  Site,
  Visual,
} from './model/types.ts';
export { defineArm, sceneOf } from './model/types.ts';
export {
  type MeshTriangles,
  type MeshUse,
  readUrdf,
  UrdfError,
  type UrdfErrorKind,
  type UrdfOptions,
  type UrdfReading,
} from './model/urdf/index.ts';
export { reachOf } from './model/workspace.ts';
export {
  defineOptions,
  numbersOf,
  type Option,
  type Options,
  type OptionValues,
  UsageError,
  type Values,
} from './options.ts';
export { FileError } from './recording/errors.ts';
export type { Recording, RecordingHeader } from './recording/header.ts';
export { decodeRecording, encodeRecording } from './recording/recording.ts';
export { claimsOf, type Difference, findDifference } from './recording/replay.ts';
export { disturbedDynamics } from './sim/disturbances.ts';
export type { Engine } from './sim/engine.ts';
export { createEnv } from './sim/env.ts';
export { EpisodeError } from './sim/episode-error.ts';
export { loadMujoco } from './sim/mujoco-engine.ts';
export { MujocoMissing } from './sim/mujoco-package.ts';
export { loadPhysics } from './sim/rapier.ts';
export { type ControllerSpec, type EnvSpec, type Field, field, type Marker, offsetOf, width } from './spec.ts';
export type { Controller, PhysicsSettings, SiteState, Start, State, Task, TaskDefinition, TaskParts } from './task.ts';
export { defineTask } from './task.ts';
export { makeEnv, tasks } from './tasks/index.ts';
export type { Disturbance, End, Trajectory } from './trajectory.ts';
