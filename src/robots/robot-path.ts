/** Whether a path is that of a robot file, and not of a module. */
export function isRobotFile(path: string): boolean {
  return /\.(urdf|xacro|xml)$/i.test(path);
}
