import type { Page } from 'playwright-core';

/** Pixels of the canvas by what they are: of a miss, red without green and with some blue; of anything reddish; of the ring, orange. */
export async function count(page: Page) {
  return page.evaluate<{ miss: number; red: number; arms: number[] }>(`(() => {
    const canvas = document.querySelector('#viewer > div').shadowRoot.querySelector('#canvas');
    window.armature.draw();
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext('2d');
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    let [miss, red] = [0, 0];
    const arms = [Infinity, Infinity, 0, 0];
    for (let k = 0; k < data.length; k += 4) {
      const [r, g, b, a] = data.subarray(k, k + 4);
      if (a < 250) continue;
      const [x, y] = [(k / 4) % width / width, Math.floor(k / 4 / width) / height];
      if (r - g > 60 && b - g > 10) miss++;
      if (r - g > 40) red++;
      if (r - g > 60) {
        arms[0] = Math.min(arms[0], x); arms[1] = Math.min(arms[1], y);
        arms[2] = Math.max(arms[2], x); arms[3] = Math.max(arms[3], y);
      }
    }
    return { miss, red, arms };
  })()`);
}
