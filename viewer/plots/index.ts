import { actions } from './actions.ts';
import { angles } from './angles.ts';
import { difference } from './difference.ts';
import { distance } from './distance.ts';
import { lead } from './lead.ts';
import { likelihood } from './likelihood.ts';
import { reward } from './reward.ts';
import type { Plot } from './types.ts';
import { value } from './value.ts';

export const plots: readonly Plot[] = [difference, lead, distance, reward, value, actions, angles, likelihood];
