import { Group, type Sprite } from 'three';
import { label } from '../overlays/label.ts';
import { fixed } from '../ui/format.ts';
import type { Workspace } from './bounds.ts';
import { type Marks, marksAround } from './marks.ts';
import type { Palette } from './palette.ts';

/** Numbers along the floor's grid: x and y of the world, m, at the edges of the workspace that the usual view sees from near by. */
export class Gauge {
  readonly object = new Group();
  #labels: readonly Sprite[] = [];
  #color = 0;

  /** @param height of the floor, m */
  place({ points }: Workspace, height: number): void {
    this.#clear();
    const { x, y, size } = marksAround(points);
    const near = [x.edge + 2 * size, y.edge - 2 * size] as const;
    const write = (name: string, { marks, every }: Marks, place: (mark: number) => readonly [number, number]) =>
      marks.map((mark, i) => {
        const number = fixed(mark, every < 1 ? 1 : 0).replace(/\.0$/, '');
        const sprite = label(i === marks.length - 1 ? `${name} ${number} m` : number, size);
        sprite.material.depthTest = true;
        sprite.position.set(...place(mark), height + size / 2);
        return sprite;
      });
    this.#labels = [...write('x', x, (mark) => [mark, near[1]]), ...write('y', y, (mark) => [near[0], mark])];
    this.object.add(...this.#labels);
    this.#paint();
  }

  paint({ ink }: Palette): void {
    this.#color = ink;
    this.#paint();
  }

  #paint(): void {
    for (const { material } of this.#labels) {
      material.color.setHex(this.#color);
      material.opacity = 0.72;
    }
  }

  #clear(): void {
    this.object.clear();
    for (const { material } of this.#labels) {
      material.map?.dispose();
      material.dispose();
    }
  }
}
