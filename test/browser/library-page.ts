/** A page of a stranger's with two viewers: it knows the installed package and three, and nothing of this repository. */
import { createViewer, type OverlayEntry, overlays, type Plot, plots } from '@armature-rl/armature/viewer';
import { Mesh, MeshBasicMaterial, SphereGeometry } from 'three';

/** What the marker was told to show, and where and how often it was drawn. */
const marker = { step: -1, position: [0, 0, 0], drawn: 0 };

/** A ball at the end effector. */
const ball: OverlayEntry = {
  name: 'ball',
  title: 'Ball',
  description: 'a ball at the end effector',
  create() {
    const material = new MeshBasicMaterial();
    const object = new Mesh(new SphereGeometry(0.03), material);
    object.onBeforeRender = () => {
      marker.drawn++;
    };
    return {
      object,
      show({ step, tip }) {
        object.position.set(...tip);
        Object.assign(marker, { step, position: object.position.toArray() });
      },
      paint: ({ accent }) => material.color.setHex(accent),
    };
  },
};

const height: Plot = {
  name: 'height',
  title: 'Height of the tip',
  unit: 'm',
  series: ({ derived }) => [{ name: 'height', values: derived.tips.filter((_, i) => i % 3 === 2), at: 'state' }],
};

const viewers = ['first', 'second'].map((id) => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no #${id}`);
  return createViewer(element, { overlays: [...overlays, ball], plots: [height, ...plots] });
});

Object.assign(globalThis, { library: { viewers, marker } });
