import type { Arm } from '../model/types.ts';
import { panda } from './panda.ts';
import { planar } from './planar.ts';

/** Every arm. A new one is a file of data and a line here. */
export const arms: Readonly<Record<string, Arm>> = { panda, planar };
