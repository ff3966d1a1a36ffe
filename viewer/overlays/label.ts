import { CanvasTexture, Sprite, SpriteMaterial } from 'three';

/** A short word in the scene that always faces the eye; white, for the material's colour to tint. */
export function label(text: string, height: number): Sprite {
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
