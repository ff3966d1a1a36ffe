import { jointNamesOf, treeOf } from '../../envs/model/tree.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import type { Field } from '../../envs/spec.ts';

/** Names of the numbers of some fields, one each: goal.0, or time where that is all there is of it. No two are the same. */
export function elementNames(fields: readonly Pick<Field, 'name' | 'size'>[]): string[] {
  return distinct(
    fields.flatMap(({ name, size }) => (size === 1 ? [name] : Array.from({ length: size }, (_, i) => `${name}.${i}`))),
  );
}

/** The same of actions, where each moves a joint after that: joint_step.joint1 */
export function actionNames({ spec, scene }: Pick<RecordingHeader, 'spec' | 'scene'>): string[] {
  const { model } = scene.arm;
  const all = jointNamesOf(model);
  const driven = treeOf(model).driven.map((i) => all[i]);
  const isOfJoints = spec.controller.kind !== 'end-effector-step';
  const names = spec.act.map((field) =>
    isOfJoints && field.size === driven.length && field.size > 1
      ? driven.map((joint) => `${field.name}.${joint}`)
      : elementNames([field]),
  );
  return distinct(names.flat());
}

/** Names with a number behind those that stand before already. */
export function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let k = 2; taken.has(free); k++) free = `${name} ${k}`;
    taken.add(free);
    return free;
  });
}
