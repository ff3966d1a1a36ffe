/**
 * Still WebP pictures as one animation: a RIFF file of chunks, with the picture data of each still in a frame of its own
 * (https://developers.google.com/speed/webp/docs/riff_container).
 */

/**
 * @param {readonly {webp: Uint8Array, ms: number}[]} frames lossy pictures, all of one size, and how long each stays
 * @param {{width: number, height: number}} size
 */
export function animate(frames, { width, height }) {
  const canvas = [uint24(width - 1), uint24(height - 1)];
  const hasAnimation = 0x02;
  const endless = [0, 0];
  const blend = 0x02;
  const body = [
    chunk('VP8X', [hasAnimation, 0, 0, 0, ...canvas.flat()]),
    chunk('ANIM', [0, 0, 0, 0, ...endless]),
    ...frames.map(({ webp, ms }) => {
      const place = [...uint24(0), ...uint24(0), ...canvas.flat(), ...uint24(ms), blend];
      return chunk('ANMF', Buffer.concat([Buffer.from(place), picture(webp)]));
    }),
  ];
  return Buffer.concat([Buffer.from('RIFF'), uint32(4 + total(body)), Buffer.from('WEBP'), ...body]);
}

/** The chunk of a still that holds its pixels. */
function picture(webp) {
  const bytes = Buffer.from(webp);
  for (let at = 12; at < bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (['VP8 ', 'VP8L'].includes(bytes.toString('latin1', at, at + 4))) return bytes.subarray(at, end);
    at = end;
  }
  throw new Error('this is no WebP picture');
}

function chunk(name, content) {
  const data = Buffer.from(content);
  const padding = Buffer.alloc(data.length % 2);
  return Buffer.concat([Buffer.from(name), uint32(data.length), data, padding]);
}

function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint24(value) {
  return [value & 255, (value >> 8) & 255, value >> 16];
}

function total(parts) {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
