import * as v from 'valibot';
import { parseJson } from '../../envs/recording/json.ts';

/** What of a policy's configuration names code. */
const namedSchema = v.looseObject({
  env: v.looseObject({
    modules: v.optional(v.looseObject({ task: v.optional(v.unknown()), arm: v.optional(v.unknown()) })),
  }),
  modules: v.optional(v.looseObject({ algorithm: v.optional(v.unknown()) })),
});

/**
 * Which of task, arm and algorithm of a policy are defined in modules of their author's; none where all of it ships.
 * @param config of the policy's file, as JSON
 * @param file the file's name, for messages
 * @throws FileError where it is no configuration
 */
export function ownModulesIn(config: string, file: string): string[] {
  const { env, modules } = parseJson(namedSchema, config, file, 'config');
  return [
    ...(env.modules?.task ? ['task'] : []),
    ...(env.modules?.arm ? ['arm'] : []),
    ...(modules?.algorithm ? ['algorithm'] : []),
  ];
}
