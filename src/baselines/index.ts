import { linear } from './linear.ts';
import { mean, none, perStep } from './simple.ts';
import type { BaselineEntry } from './types.ts';
import { value } from './value.ts';

/** Every baseline. A new one is a file, a line here and a choice in src/train/options.ts. */
export const baselines: Readonly<Record<string, BaselineEntry>> = { none, mean, 'per-step': perStep, linear, value };
