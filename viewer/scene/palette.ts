import type { ShapePart } from '../../envs/model/types.ts';

export type Theme = 'light' | 'dark';

export interface Palette {
  readonly parts: Readonly<Record<ShapePart, { readonly color: number; readonly roughness: number }>>;
  /** Of goal, trail and tip: the only colour that asks for attention. */
  readonly accent: number;
  /** Of what misses its goal. */
  readonly miss: number;
  /** Of the policy overlay. */
  readonly policy: number;
  readonly ink: number;
  readonly axes: readonly [number, number, number];
  /** Of each ghost; the same as the page's series colours. */
  readonly ghosts: readonly number[];
  /** Of rewards, from worst to best. */
  readonly sequence: readonly number[];
  /** Of advantages, from below to above zero. */
  readonly diverging: readonly number[];
  readonly grid: number;
  readonly gridOpacity: number;
  readonly shadow: number;
  /** Brightness of the ambient light: of the lit room, of the sky beside it, and of the sky alone. */
  readonly fill: { readonly room: number; readonly skyWithRoom: number; readonly sky: number };
  readonly rim: number;
  readonly key: number;
}

const light: Palette = {
  parts: {
    base: { color: 0xd8dadc, roughness: 0.5 },
    link: { color: 0xeeeeec, roughness: 0.36 },
    joint: { color: 0x33363b, roughness: 0.48 },
    hand: { color: 0x6d7278, roughness: 0.42 },
    object: { color: 0x4b9c8a, roughness: 0.5 },
    surface: { color: 0xd9d3c7, roughness: 0.8 },
  },
  accent: 0xe4570f,
  miss: 0xb0103a,
  policy: 0x2767d8,
  ink: 0x4a515a,
  axes: [0xc23a30, 0x2f8a3c, 0x2767d8],
  ghosts: [0x2767d8, 0xb0348a, 0x8a6500, 0x0b8074, 0x6f4bd8],
  sequence: [0x2c1a4d, 0x7a2d7c, 0xc8455f, 0xf08a3c, 0xe8c14a],
  diverging: [0x1f5fbf, 0x8aa9cf, 0xa9a9a6, 0xe0996b, 0xc8480a],
  grid: 0x3c4654,
  gridOpacity: 0.46,
  shadow: 0.26,
  fill: { room: 0.16, skyWithRoom: 0.95, sky: 2.1 },
  key: 1.55,
  rim: 0.5,
};

const dark: Palette = {
  parts: {
    base: { color: 0xb7babf, roughness: 0.5 },
    link: { color: 0xdfe0e0, roughness: 0.36 },
    joint: { color: 0x2a2d31, roughness: 0.42 },
    hand: { color: 0x6a7078, roughness: 0.4 },
    object: { color: 0x56b7a2, roughness: 0.5 },
    surface: { color: 0x4a4c50, roughness: 0.8 },
  },
  accent: 0xff7a33,
  miss: 0xff4f74,
  policy: 0x6fa8ff,
  ink: 0xc2c8d0,
  axes: [0xff6f61, 0x6cc964, 0x6fa8ff],
  ghosts: [0x6fa8ff, 0xf082ca, 0xdab445, 0x3fc9b9, 0xa892ff],
  sequence: [0x6a4fb0, 0xa84fae, 0xe2607c, 0xfb9b52, 0xf7d872],
  diverging: [0x4f9dff, 0x8fb4e0, 0x9a9c9f, 0xf0a880, 0xff7a33],
  grid: 0xaebccd,
  gridOpacity: 0.36,
  shadow: 0.5,
  fill: { room: 0.14, skyWithRoom: 0.4, sky: 1.05 },
  key: 1.75,
  rim: 1.1,
};

export const palettes: Readonly<Record<Theme, Palette>> = { light, dark };
