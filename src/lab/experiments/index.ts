import type { Experiment } from '../experiment.ts';
import { consistency } from './consistency.ts';
import { dynamics } from './dynamics.ts';
import { importance } from './importance/index.ts';
import { natural } from './natural/index.ts';
import { unbiased } from './unbiased/index.ts';
import { variance } from './variance/index.ts';

/** The experiments of `armature lab`, in the order of the report. A new one is a file and a line here. */
export const experiments: readonly Experiment[] = [unbiased, consistency, variance, dynamics, importance, natural];
