import { AxesHelper, Color, Group } from 'three';
import { boxSize } from '../../envs/model/mesh-surface.ts';
import type { Visual } from '../../envs/model/types.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { textSprite } from '../scene/axis-labels.ts';
import type { Overlay, OverlayEntry } from './overlay.ts';

/** The arm's base frame: axes with their letters, so that they are told apart without colour. */
export const baseFrame: OverlayEntry = {
  name: 'frame',
  title: 'Frame',
  description: 'the axes of the arm’s base',
  create,
};

const letters = ['x', 'y', 'z'];

/** m */
function lengthBy(visual: Visual): number {
  if (visual.kind === 'mesh') return 0.7 * Math.max(...boxSize(visual));
  return 'radius' in visual ? visual.radius * 2.6 : 0.18;
}

function create({ scene }: RecordingHeader): Overlay {
  const { model, frame } = scene.arm;
  const solids = model.bodies[0].visuals;
  const length = Math.max(0.06, ...solids.map(lengthBy));
  const axes = new AxesHelper(length);
  const names = letters.map((letter, i) => {
    const sprite = textSprite(letter, length * 0.24);
    sprite.position.setComponent(i, length * 1.13);
    return sprite;
  });
  const object = new Group().add(axes, ...names);
  object.position.fromArray([...frame.position]);
  object.quaternion.fromArray([...frame.rotation]);
  // The axes lie inside the base's shapes, and are drawn through them.
  axes.renderOrder = 5;
  for (const material of [axes.material].flat()) material.depthTest = false;
  return {
    object,
    show() {},
    paint({ axes: colors, ink }) {
      const [x, y, z] = colors.map((color) => new Color(color));
      axes.setColors(x, y, z);
      for (const sprite of names) sprite.material.color.setHex(ink);
    },
  };
}
