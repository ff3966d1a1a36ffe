/** A named slice of an observation, an action or an episode's parameters. */
export interface Field {
  readonly name: string;
  readonly size: number;
  readonly unit: string;
  readonly low?: number;
  readonly high?: number;
  readonly description: string;
}

/** A field without bounds. */
export function field(name: string, size: number, unit: string, description = name): Field {
  return { name, size, unit, description };
}

/** What a full action (component = 1) asks of the arm in one control step. */
export interface ControllerSpec {
  readonly kind: 'joint-step' | 'end-effector-step' | 'joint-torque';
  /** Of every action, or the largest of `scales`. */
  readonly scale: number;
  /** Of each action [A], where they differ: of a joint that slides in m. */
  readonly scales?: readonly number[];
  readonly unit: string;
}

/** Something to draw where three of an episode's parameters say: a goal, say. */
export interface Marker {
  /** The field of the parameters that is its position in the world, m. */
  readonly param: string;
  /** The body whose middle is to be there; the arm's tip if not given. */
  readonly body?: string;
  /** Radius around it that counts as reached, m; a point without. */
  readonly radius?: number;
  /** The field that is its orientation in the world, a quaternion x y z w; none to show without. */
  readonly rotation?: string;
  /** Turn from that orientation that counts as reached, rad; any without. */
  readonly angle?: number;
}

/** What an environment says of itself in plain data. */
export interface EnvSpec {
  readonly name: string;
  readonly obs: readonly Field[];
  readonly act: readonly Field[];
  /** Names of the reward terms; they sum to the reward. */
  readonly terms: readonly string[];
  /** Numbers that are an episode's own: a goal, say. */
  readonly params: readonly Field[];
  /** Whether parameters change from step to step. */
  readonly paramsMove: boolean;
  readonly markers: readonly Marker[];
  /** Numbers of the physics that are drawn for each episode. */
  readonly dynamics: readonly Field[];
  readonly controller: ControllerSpec;
  /** Whether an episode can succeed. */
  readonly hasSuccess: boolean;
  /** Names of the moving bodies, in the order of `Trajectory.pose`: those of the arm, then the free ones. */
  readonly bodies: readonly string[];
  /**
   * Names of the arm's joints of one degree, in the order of `Trajectory.q`; absent where trajectories do not tell how the joints
   * stand, as in recordings of before version 4.
   */
  readonly joints?: readonly string[];
  /** Whether bodies touch, and trajectories tell where; absent where they do not. */
  readonly hasContacts?: boolean;
  /** Seconds per control step. */
  readonly dt: number;
  /** Control steps after which an episode is truncated. */
  readonly horizon: number;
}

/** What a full action of component k asks. */
export function scaleOf({ scale, scales }: Pick<ControllerSpec, 'scale' | 'scales'>, k: number): number {
  return scales ? scales[k] : scale;
}

/** Total width of a list of fields. */
export function width(fields: readonly { readonly size: number }[]): number {
  return fields.reduce((sum, field) => sum + field.size, 0);
}

/**
 * Where a field begins among others.
 * @throws Error that names the field where it is not among them
 */
export function offsetOf(fields: readonly Field[], name: string): number {
  const index = fields.findIndex((field) => field.name === name);
  if (index < 0) throw new Error(`no field ${name} among ${fields.map((field) => field.name).join(', ')}`);
  return width(fields.slice(0, index));
}
