/** What a hand does, drawn: the spring that it pulls by, a ring where it pokes, and the box in which the task's goals are while it has the goal. */
import { Group, Mesh, MeshBasicMaterial, SphereGeometry, TorusGeometry, Vector3 } from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';
import { disposeTree } from '../scene/materials.ts';
import { poke } from './pointer.ts';
import type { Room } from './room.ts';
import type { Opened } from './worker/messages.ts';

export function handView(room: Room): void {
  const { app, closing } = room;
  const color = () => getComputedStyle(app.root).color;
  const spring = new LineMaterial({ linewidth: 3, depthTest: false });
  const line = new LineSegments2(new LineSegmentsGeometry(), spring);
  const solid = new MeshBasicMaterial({ depthTest: false, toneMapped: false });
  const ends = [0, 1].map(() => new Mesh(new SphereGeometry(1, 16, 12), solid));
  const ring = new Mesh(new TorusGeometry(0.92, 0.08, 6, 40), solid);
  const pulling = new Group().add(line, ...ends, ring);
  const edges = new LineMaterial({ linewidth: 1.5, transparent: true, opacity: 0.35 });
  const box = new LineSegments2(new LineSegmentsGeometry(), edges);
  line.frustumCulled = box.frustumCulled = false;
  for (const part of [line, ...ends, ring]) part.renderOrder = 6;
  pulling.visible = box.visible = false;
  const object = new Group().add(pulling, box);
  app.stage.scene.add(object);
  let boxed: Opened | null = null;
  room.watch(({ opened }) => {
    if (!opened?.goals || opened === boxed) return;
    boxed = opened;
    box.geometry.setPositions(boxEdges(opened.goals));
    for (const end of ends) end.scale.setScalar(0.012 * opened.reach);
  });
  room.frames.push(() => {
    const { hand } = app.root.dataset;
    const { pull } = room.state;
    box.visible = hand === 'goal' || !room.state.isUsualGoal;
    const index = boxed?.header.spec.bodies.indexOf(pull?.body ?? '') ?? -1;
    const body = app.stage.arm?.bodies[index];
    pulling.visible = pull !== null && body !== undefined;
    if (!pull || !body) return;
    body.updateWorldMatrix(true, false);
    const from = body.localToWorld(new Vector3(...pull.local));
    line.geometry.setPositions([...from.toArray(), ...pull.target]);
    ends[0].position.copy(from);
    ends[1].position.fromArray([...pull.target]);
    // What pushes away from whoever looks would be seen from its end: a ring widens there instead.
    const isPoke = pull.steps !== undefined;
    ring.visible = isPoke;
    line.visible = ends[1].visible = !isPoke;
    ring.position.copy(from);
    ring.quaternion.copy(app.stage.camera.quaternion);
    ring.scale.setScalar((0.02 + 0.015 * (poke.steps - (pull.steps ?? 0))) * (boxed?.reach ?? 1));
  });
  const paint = () => {
    spring.color.set(color());
    solid.color.set(color());
    edges.color.set(color());
  };
  paint();
  const themes = new MutationObserver(paint);
  themes.observe(app.root, { attributeFilter: ['data-theme'] });
  closing.signal.addEventListener('abort', () => {
    themes.disconnect();
    object.removeFromParent();
    disposeTree(object);
    app.frames.request();
  });
}

/** The twelve edges of a box, as pairs of points. */
function boxEdges({ low, high }: NonNullable<Opened['goals']>): number[] {
  const corner = (bits: number) => [0, 1, 2].map((i) => ((bits >> i) & 1 ? high[i] : low[i]));
  const corners = [0, 1, 2, 3, 4, 5, 6, 7];
  return corners.flatMap((from) =>
    [1, 2, 4].filter((bit) => !(from & bit)).flatMap((bit) => [...corner(from), ...corner(from | bit)]),
  );
}
