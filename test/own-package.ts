import { fileURLToPath } from 'node:url';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The modules of users among the tests get the sources, as the tests do, where they import the package. */
export const ownPackage = [
  { find: /^@armature-rl\/armature$/, replacement: source('../src/index.ts') },
  { find: /^@armature-rl\/armature\/envs$/, replacement: source('../envs/index.ts') },
];
