import { statfsSync } from 'node:fs';
import { quietly } from '../run/files.ts';

/** Free bytes that a worker's disk has to have: a run's files are written beside their earlier ones. */
export const leastRoom = 50e6;

/** Whether a folder's disk has no room for a run. */
export function isFull(folder: string): boolean {
  const found = quietly(() => statfsSync(folder));
  return found !== undefined && found.bavail * found.bsize < leastRoom;
}
