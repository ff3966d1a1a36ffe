import { a2c } from './a2c.ts';
import { natural } from './natural.ts';
import { ppo } from './ppo.ts';
import { reinforce } from './reinforce.ts';
import { trpo } from './trpo.ts';
import type { AlgorithmFactory } from './types.ts';

/** Every algorithm by name. A new one is a file and a line here; its command-line options come from its own list. */
export const algorithms: Readonly<Record<string, AlgorithmFactory>> = { reinforce, natural, trpo, ppo, a2c };
