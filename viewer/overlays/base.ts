import { AxesHelper, Color, Group } from 'three';
import type { RecordingHeader } from '../../envs/recording/types.ts';
import { label } from './label.ts';
import type { Overlay, OverlayEntry } from './types.ts';

/** The arm's base frame: axes with their letters, so that colour is not all that tells them apart. */
export const base: OverlayEntry = { name: 'frame', title: 'Frame', description: 'the axes of the arm’s base', create };

const letters = ['x', 'y', 'z'];

function create({ scene }: RecordingHeader): Overlay {
  const length = Math.max(0.06, ...scene.base.shapes.map((shape) => ('radius' in shape ? shape.radius * 2.6 : 0.18)));
  const axes = new AxesHelper(length);
  const names = letters.map((letter, i) => {
    const sprite = label(letter, length * 0.24);
    sprite.position.setComponent(i, length * 1.13);
    return sprite;
  });
  const object = new Group().add(axes, ...names);
  object.position.fromArray([...scene.base.position]);
  object.quaternion.fromArray([...scene.base.rotation]);
  // The axes end in the base's own shapes; they are drawn through them.
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
    dispose() {
      axes.dispose();
      for (const { material } of names) {
        material.map?.dispose();
        material.dispose();
      }
    },
  };
}
