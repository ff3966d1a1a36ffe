import { contacts } from './contacts.ts';
import { baseFrame } from './frame.ts';
import { goal } from './goal.ts';
import { objectTrails } from './objects.ts';
import type { OverlayEntry } from './overlay.ts';
import { policy } from './policy.ts';
import { motors, torques } from './torques.ts';
import { trail } from './trail.ts';

export const overlays: readonly OverlayEntry[] = [
  goal,
  trail,
  policy,
  baseFrame,
  objectTrails,
  contacts,
  torques,
  motors,
];
