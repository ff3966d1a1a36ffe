/** From this rank on a name says that what comes after the frame opens and closes. */
export const toolPoint = 5;

/**
 * Names of frames that reach: what a robot's makers call the point of the tool. The higher the rank, the nearer the name is to that
 * point rather than to where a tool is screwed on; 0 is none.
 */
export function toolRank(link: string): number {
  const words = link
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  const has = (...names: readonly string[]) => names.some((name) => words.includes(name));
  if (has('camera', 'optical', 'imu', 'sensor', 'laser', 'lidar', 'ft', 'force', 'base', 'mount')) return 0;
  if (has('tcp')) return 6;
  if (has('grasp', 'pinch') || (has('gripper', 'grip') && has('frame', 'center', 'centre'))) return toolPoint;
  if (has('tip')) return 4;
  if (has('tool')) return 3;
  if (has('ee', 'eef', 'effector', 'endeffector')) return 2;
  if (has('flange')) return 1;
  return 0;
}

/** Frames that stand for what looks or measures, not for what reaches. */
export function isInstrument(link: string): boolean {
  return /camera|optical|imu|sensor|laser|lidar|realsense/i.test(link);
}
