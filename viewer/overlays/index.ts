import { base } from './base.ts';
import { goal } from './goal.ts';
import { mind } from './mind.ts';
import { trail } from './trail.ts';
import type { OverlayEntry } from './types.ts';

export const overlays: readonly OverlayEntry[] = [goal, trail, mind, base];
