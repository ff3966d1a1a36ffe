import { homeAt } from '../../envs/model/home.ts';
import type { Arm } from '../../envs/model/types.ts';
import { UsageError } from '../../envs/options.ts';

/**
 * An arm that starts from another posture. It has a name of its own, for the arm's stands for the posture that it has.
 * @param asked posture by driven joint, rad or m
 * @throws UsageError for one that does not fit the arm
 */
export function withHome(arm: Arm, asked: readonly number[]): Arm {
  const home = homeAt(arm, asked, (what) => {
    throw new UsageError(what);
  });
  if (home.every((value, i) => value === arm.home[i])) return arm;
  const description = `${arm.description}, from another home`;
  return { ...arm, name: `${arm.name}-home`, description, home };
}
