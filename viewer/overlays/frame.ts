import { AxesHelper, Color, Group } from 'three';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { solidsOf } from '../derive/scene.ts';
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

function create({ scene }: RecordingHeader): Overlay {
  const { model, frame } = scene.arm;
  const solids = solidsOf(model.bodies[0]);
  const length = Math.max(0.06, ...solids.map((shape) => ('radius' in shape ? shape.radius * 2.6 : 0.18)));
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
