import type { Arm } from '../model/types.ts';
import { panda } from './panda.ts';
import { planar } from './planar.ts';
import { so101 } from './so101.ts';
import { ur5e } from './ur5e.ts';
import { xarm7 } from './xarm7.ts';

/** Every arm. A new one is a file of data and a line here. */
export const arms: Readonly<Record<string, Arm>> = { panda, planar, so101, ur5e, xarm7 };
