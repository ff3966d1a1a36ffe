import { DefinitionError } from './definition-error.ts';
import { treeOf } from './tree.ts';
import type { Arm } from './types.ts';

/**
 * Holds an arm to what its shape does not say.
 * @param fail called with what is wrong, in words; throws a DefinitionError that names the arm if not given
 * @throws DefinitionError for joints that are no tree
 */
export function completeArm(
  arm: Arm,
  fail: (what: string) => never = (what) => {
    throw new DefinitionError(`arm ${arm.name}: ${what}`);
  },
): void {
  const { degrees } = treeOf(arm);
  if (arm.home.length !== degrees) {
    fail(`home: expected a position for each of the ${degrees} joints that move, found ${arm.home.length}`);
  }
  const names = arm.sites.map((site) => site.name);
  if (!names.includes(arm.tip)) fail(`tip: expected one of the sites ${names.join(', ')}, found "${arm.tip}"`);
}
