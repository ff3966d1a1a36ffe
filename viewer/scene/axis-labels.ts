import { CanvasTexture, Group, Sprite, SpriteMaterial } from 'three';
import { fixed } from '../dom/format.ts';
import { type AxisTicks, axisTicks } from './floor.ts';
import { disposeTree } from './materials.ts';
import type { Palette } from './palette.ts';
import type { Workspace } from './workspace.ts';

/** Numbers along the floor's grid: x and y of the world, m, at those edges of the workspace that are near in the home view. */
export class AxisLabels {
  readonly object = new Group();
  #labels: readonly Sprite[] = [];
  #color = 0;

  /** @param height of the floor, m */
  arrange({ points }: Workspace, height: number): void {
    for (const label of this.#labels) disposeTree(label);
    const { x, y, size } = axisTicks(points);
    const near = [x.edge + 2 * size, y.edge - 2 * size] as const;
    const write = (name: string, { values, spacing }: AxisTicks, at: (value: number) => readonly [number, number]) =>
      values.map((value, i) => {
        const number = fixed(value, spacing < 1 ? 1 : 0).replace(/\.0$/, '');
        const sprite = textSprite(i === values.length - 1 ? `${name} ${number} m` : number, size);
        sprite.material.depthTest = true;
        sprite.position.set(...at(value), height + size / 2);
        return sprite;
      });
    this.#labels = [...write('x', x, (value) => [value, near[1]]), ...write('y', y, (value) => [near[0], value])];
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
}

/** A short word in the scene that always faces the camera; white, for the material's colour to tint. */
export function textSprite(text: string, height: number): Sprite {
  const size = 64;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new Error('the browser draws no text on a canvas');
  const font = `500 ${size * 0.72}px Inter, system-ui, sans-serif`;
  context.font = font;
  canvas.width = Math.ceil(context.measureText(text).width) + 8;
  canvas.height = size;
  context.font = font;
  context.fillStyle = '#fff';
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.fillText(text, canvas.width / 2, size / 2);
  const sprite = new Sprite(
    new SpriteMaterial({ map: new CanvasTexture(canvas), depthTest: false, toneMapped: false }),
  );
  sprite.scale.set((height * canvas.width) / size, height, 1);
  sprite.renderOrder = 6;
  return sprite;
}
