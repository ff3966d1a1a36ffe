import { Vector3 } from 'three';
import type { ViewPreset } from '../stage/framing.ts';
import { type App, type Command, inGroup, isDrawn, isSingleEpisode } from './command.ts';

export const presets: readonly { readonly name: ViewPreset; readonly label: string; readonly title: string }[] = [
  { name: 'home', label: '3D', title: 'Whole workspace' },
  { name: 'front', label: 'Front', title: 'From the front' },
  { name: 'side', label: 'Side', title: 'From the side' },
  { name: 'top', label: 'Top', title: 'From above' },
];

/** A turn of the camera with the keyboard, rad. */
const angle = Math.PI / 24;

function turn(azimuth: number, tilt: number, zoom = 1): Command['run'] {
  return ({ stage }) => stage.orbit.turn(azimuth, tilt, zoom);
}

function focusOnTip({ session, stage }: App): void {
  const tip = session.moment()?.tip;
  if (tip) stage.orbit.focus(new Vector3(...tip));
}

export const cameraCommands = inGroup('Camera', [
  ...presets.map(({ name, title }, i) => ({
    id: `view-${name}`,
    title: `View: ${title.toLowerCase()}`,
    words: name === 'home' ? 'reset camera fit recentre default' : undefined,
    keys: [String(i + 1)],
    when: isDrawn,
    run: ({ stage }: App) => stage.orbit.preset(name),
  })),
  { id: 'focus', title: 'Focus on the end effector', keys: ['f'], when: isSingleEpisode, run: focusOnTip },
  {
    id: 'follow',
    title: 'Follow the end effector',
    keys: ['g'],
    when: isSingleEpisode,
    pressed: ({ session }) => session.state.follow,
    run: ({ session }) => session.set({ follow: !session.state.follow }),
  },
  { id: 'turn-left', title: 'Turn left', keys: ['q'], when: isDrawn, run: turn(-angle, 0) },
  { id: 'turn-right', title: 'Turn right', keys: ['e'], when: isDrawn, run: turn(angle, 0) },
  { id: 'tilt-up', title: 'Look from higher', keys: ['w'], when: isDrawn, run: turn(0, -angle) },
  { id: 'tilt-down', title: 'Look from lower', keys: ['s'], when: isDrawn, run: turn(0, angle) },
  { id: 'zoom-in', title: 'Closer', keys: ['z'], when: isDrawn, run: turn(0, 0, 1 / 1.15) },
  { id: 'zoom-out', title: 'Farther', keys: ['x'], when: isDrawn, run: turn(0, 0, 1.15) },
]);
