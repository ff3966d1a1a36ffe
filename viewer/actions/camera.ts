import { Vector3 } from 'three';
import type { Preset } from '../scene/framing.ts';
import { isAlone } from './scene.ts';
import type { Action, App } from './types.ts';

export const presets: readonly { readonly name: Preset; readonly label: string; readonly title: string }[] = [
  { name: 'home', label: '3D', title: 'Whole workspace' },
  { name: 'front', label: 'Front', title: 'From the front' },
  { name: 'side', label: 'Side', title: 'From the side' },
  { name: 'top', label: 'Top', title: 'From above' },
];

/** A turn of the camera with the keyboard, rad. */
const angle = Math.PI / 24;

function turn(id: string, title: string, key: string, by: readonly [number, number, number?]): Action {
  return { id, title, group: 'Camera', keys: [key], run: ({ stage }) => stage.orbit.turn(...by) };
}

export const camera: readonly Action[] = [
  ...presets.map(({ name, title }, i) => ({
    id: `view-${name}`,
    title: `View: ${title.toLowerCase()}`,
    group: 'Camera' as const,
    keys: [String(i + 1)],
    run: ({ stage }: App) => stage.orbit.preset(name),
  })),
  {
    id: 'focus',
    title: 'Focus on the end effector',
    group: 'Camera',
    keys: ['f'],
    when: isAlone,
    run: ({ session, stage }) => {
      const tip = session.moment()?.tip;
      if (tip) stage.orbit.focus(new Vector3(...tip));
    },
  },
  {
    id: 'follow',
    title: 'Follow the end effector',
    group: 'Camera',
    keys: ['g'],
    when: isAlone,
    pressed: ({ session }) => session.state.follow,
    run: ({ session }) => session.update((state) => ({ ...state, follow: !state.follow })),
  },
  turn('turn-left', 'Turn left', 'q', [-angle, 0]),
  turn('turn-right', 'Turn right', 'e', [angle, 0]),
  turn('tilt-up', 'Look from higher', 'w', [0, -angle]),
  turn('tilt-down', 'Look from lower', 's', [0, angle]),
  turn('zoom-in', 'Closer', 'z', [0, 0, 1 / 1.15]),
  turn('zoom-out', 'Farther', 'x', [0, 0, 1.15]),
];
