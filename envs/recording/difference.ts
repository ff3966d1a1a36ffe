import type { EnvConfig } from '../env.ts';
import type { Arm } from '../model/types.ts';

/** Where a recording first departs from what it should be. */
export interface Difference {
  /** Null where it is the header that differs, which speaks for all episodes. */
  readonly episode: number | null;
  /** Control step; the length of the shorter of the two where one ends early. */
  readonly step: number | null;
  readonly field: string;
  /** As recorded. */
  readonly expected: string;
  /** As it comes out now. */
  readonly found: string;
}

/**
 * The first value in which a header, or a part of it, departs from what it should be, both taken as files hold them.
 * @param place of the part, as `header.spec`
 */
export function differenceInHeader(recorded: unknown, own: unknown, place: string): Difference | null {
  return firstDifference(plain(recorded), plain(own), place);
}

/**
 * The same of what an environment was made from, but for modules, and for what a robot looks like: meshes may have been at hand for
 * one and not for the other. Options that there were not yet are not held against a file.
 */
export function differenceInConfig(
  recorded: EnvConfig,
  { env, arm, options, dynamics, robot }: EnvConfig,
): Difference | null {
  const named = Object.keys(recorded.options).map((name) => [name, valueAt(options, name)]);
  const { modules: _, robot: own, ...rest } = recorded;
  return (
    differenceInHeader(rest, { env, arm, options: Object.fromEntries(named), dynamics }, 'header.env') ??
    differenceInRobot(own, robot, 'header.env.robot')
  );
}

/** The same of a robot file's arm, but for what it looks like. */
export function differenceInRobot(recorded: Arm | undefined, own: Arm | undefined, place: string): Difference | null {
  return differenceInHeader(recorded && withoutVisuals(recorded), own && withoutVisuals(own), place);
}

function withoutVisuals(arm: Arm): Arm {
  return { ...arm, bodies: arm.bodies.map((body) => ({ ...body, visuals: [] })) };
}

function firstDifference(recorded: unknown, own: unknown, field: string): Difference | null {
  if (isBranch(recorded) && isBranch(own) && Array.isArray(recorded) === Array.isArray(own)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(own)])) {
      const found = firstDifference(valueAt(recorded, key), valueAt(own, key), `${field}.${key}`);
      if (found) return found;
    }
    return null;
  }
  if (Object.is(recorded, own)) return null;
  return { episode: null, step: null, field, expected: textOf(recorded), found: textOf(own) };
}

/** As JSON has it: without what is undefined, and without the sign of a zero. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

type Branch = Readonly<Record<string, unknown>>;

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null;
}

function valueAt(branch: Branch, key: string): unknown {
  return Object.hasOwn(branch, key) ? branch[key] : undefined;
}

/** Of a whole arm that is missing, its beginning will do. */
const longest = 120;

function textOf(value: unknown): string {
  const text = value === undefined ? 'none' : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
