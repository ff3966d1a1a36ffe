import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkSeal, seal, unsealed } from '../../envs/recording/checksum.ts';

const config = new TextEncoder().encode(JSON.stringify({ lr: 0.01, checksum: unsealed, note: 'ä' }, null, 2));

describe('seal', () => {
  it('is the SHA-256 of the bytes with the digits as zeros, whatever digits they held', async () => {
    const hash = createHash('sha256').update(config).digest('hex');
    const sealed = await seal(config);
    expect(JSON.parse(new TextDecoder().decode(sealed)).checksum).toBe(`sha256:${hash}`);
    expect(await seal(sealed)).toEqual(sealed);
    expect(await checkSeal(sealed)).toBe('intact');
  });

  it('breaks with every single bit of the file', async () => {
    const sealed = await seal(config);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = sealed.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      expect(await checkSeal(flipped), `bit ${bit}`).not.toBe('intact');
    }
  });

  it('is not imitated by text inside a string', async () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ name: `"checksum":"${unsealed}"`, checksum: unsealed }));
    const sealed = await seal(bytes);
    expect(JSON.parse(new TextDecoder().decode(sealed)).name).toContain(unsealed);
    expect(await checkSeal(sealed)).toBe('intact');
  });

  it('tells a file without one from a broken one, and does not seal it', async () => {
    const plain = new TextEncoder().encode('{"checksum":"sha256:123"}');
    expect(await checkSeal(plain)).toBe('none');
    await expect(seal(plain)).rejects.toThrow('no checksum to fill in');
  });
});
