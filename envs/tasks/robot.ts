import * as v from 'valibot';
import { completeArm } from '../model/complete-arm.ts';
import { DefinitionError } from '../model/definition-error.ts';
import type { Arm } from '../model/types.ts';
import { UsageError } from '../options.ts';
import { arm as armSchema, complaintOf } from '../schema.ts';

/**
 * An arm as a configuration carries it: the data that a file gives back, so that a run is the same before it is saved and after.
 * JSON has no negative zero and nothing undefined.
 * @param arms those that have names
 * @returns undefined for one of these, whose name says all of it
 * @throws UsageError for the name of another arm
 * @throws DefinitionError for an arm that is not whole
 */
export function robotData(arm: Arm, arms: Readonly<Record<string, Arm>>): Arm | undefined {
  if (Object.hasOwn(arms, arm.name)) {
    if (arms[arm.name] === arm) return undefined;
    throw new UsageError(`robot "${arm.name}": expected a name that is free, found that of another arm`);
  }
  const { success, output, issues } = v.safeParse(armSchema, JSON.parse(JSON.stringify(arm)), { abortEarly: true });
  if (!success) throw new DefinitionError(`robot "${arm.name}": ${complaintOf(issues[0])}`);
  completeArm(output);
  return output;
}
