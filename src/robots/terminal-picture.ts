import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { withStandIns } from '../../envs/model/stand-ins.ts';
import { type Arm, type Meshes, sceneOf } from '../../envs/model/types.ts';
import { type Drawn, drawScene } from '../pictures/scene-picture.ts';

/** An arm at its home posture in letters of braille, which are two dots wide and four high. */

/** Letters. */
const [columns, rows] = [52, 22];
/** Bits of a letter's dots, row by row (https://www.unicode.org/charts/PDF/U2800.pdf). */
const dots = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];
const blank = '\u2800';

/** From how bright on a dot is seen, by its place: shades are as many dots as they are bright. */
const thresholds = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5].map((rank) => (rank + 0.5) / 16);
/** What is dark is seen, too. */
const darkest = 0.2;

/** @param meshes of the arm, as far as they are at hand */
export function terminalPicture(arm: Arm, meshes: Meshes = {}): string[] {
  const scene = sceneOf(withStandIns(arm, meshes));
  const { bodies } = forwardKinematics(scene.arm, arm.home);
  const pose = Float32Array.from(bodies.flatMap(({ position, rotation }) => [...position, ...rotation]));
  const sight = { scene, meshes, pose, trail: new Float32Array(0) };
  const drawn = drawScene(sight, 2 * columns, 4 * rows);
  return trimmed(Array.from({ length: rows }, (_, row) => lineOf(drawn, row)));
}

function lineOf(drawn: Drawn, row: number): string {
  const letters = Array.from({ length: columns }, (_, column) => {
    const bits = dots.map((bit, k) => (isSeen(drawn, 2 * column + (k % 2), 4 * row + (k >> 1)) ? bit : 0));
    return String.fromCodePoint(0x2800 + bits.reduce((sum, bit) => sum + bit, 0));
  });
  return letters.join('');
}

function isSeen({ width, pixels }: Drawn, x: number, y: number): boolean {
  const at = 4 * (y * width + x);
  // The floor shines through.
  if (pixels[at + 3] < 128) return false;
  const bright = (pixels[at] + pixels[at + 1] + pixels[at + 2]) / (3 * 255);
  return darkest + (1 - darkest) * bright > thresholds[4 * (y % 4) + (x % 4)];
}

/** Without what is empty around it. */
function trimmed(lines: readonly string[]): string[] {
  const isEmpty = (line: string) => line.replaceAll(blank, '') === '';
  const first = lines.findIndex((line) => !isEmpty(line));
  const kept = lines.slice(first, lines.findLastIndex((line) => !isEmpty(line)) + 1);
  const left = Math.min(...kept.map((line) => [...line].findIndex((letter) => letter !== blank)).filter((i) => i >= 0));
  return kept.map((line) => line.slice(left).replace(new RegExp(`${blank}+$`), ''));
}
