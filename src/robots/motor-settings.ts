import type { Arm, Motor } from '../../envs/model/types.ts';
import { UsageError } from '../../envs/options.ts';

/**
 * Motors of a robot file, set otherwise than its inertia says: `motors.stiffness=2` is a factor for all joints,
 * `motors.elbow.stiffness=120` the stiffness of one.
 */

/** Settings by key, as a command line has them. */
export type Settings = Readonly<Record<string, string>>;

const prefix = 'motors.';
const parts = { stiffness: 'stiffness', damping: 'damping', effort: 'maxForce' } as const satisfies Record<
  string,
  keyof Motor
>;

/** Those that set motors. */
export function motorSettings(settings: Settings = {}): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => key.startsWith(prefix)));
}

/** The others, which are a task's. */
export function taskSettings(settings: Settings = {}): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !key.startsWith(prefix)));
}

/** @throws UsageError for a joint, a part or a number that is none */
export function withMotorSettings(arm: Arm, settings: Settings): Arm {
  const changes = Object.entries(settings).map(([key, value]) => changeOf(arm, key, value));
  const joints = arm.joints.map((joint) => {
    if (!joint.motor) return joint;
    const motor = changes.reduce((before, change) => change(before, joint.name), joint.motor);
    return { ...joint, motor };
  });
  return { ...arm, joints };
}

type Change = (motor: Motor, joint: string) => Motor;

function changeOf({ joints }: Arm, key: string, text: string): Change {
  // The name of a joint may have dots in it.
  const path = key.slice(prefix.length);
  const at = path.lastIndexOf('.');
  const [joint, name] = at < 0 ? [null, path] : [path.slice(0, at), path.slice(at + 1)];
  const known = joints.filter(({ motor }) => motor).map((each) => each.name);
  if (joint !== null && !known.includes(joint)) {
    throw new UsageError(`--set ${key}: there is no motor at "${joint}"; there are: ${known.join(', ')}`);
  }
  if (!isPart(name)) {
    throw new UsageError(`--set ${key}: expected one of ${Object.keys(parts).join(', ')}, found "${name}"`);
  }
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`--set ${key}: expected a number of at least 0, found ${JSON.stringify(text)}`);
  }
  const part = parts[name];
  return (motor, own) => {
    if (joint !== null && joint !== own) return motor;
    return { ...motor, [part]: joint === null ? motor[part] * value : value };
  };
}

function isPart(name: string): name is keyof typeof parts {
  return Object.hasOwn(parts, name);
}
