/** The files of a run's folder. */
export const names = {
  config: 'config.json',
  /** What the robot is drawn with; absent where it has no meshes. */
  meshes: 'meshes.safetensors',
  policy: 'policy.safetensors',
  metrics: 'metrics.csv',
  /** A table of metrics that goes with no checkpoint any more. */
  oldMetrics: 'metrics-unverified.csv',
  /** The metrics for TensorBoard, which knows its files by a part of this name. */
  events: 'events.out.tfevents.armature',
  rollouts: 'rollouts.safetensors',
  checkpoints: 'checkpoints',
  best: 'best.safetensors',
  /** A folder of rollouts over training time, each named after its iteration. */
  recordings: 'recordings',
  fault: 'fault.safetensors',
} as const;

/** Rollouts of the policy after so many iterations, within the run's folder. Zeros in front sort the names. */
export function recordingName(iteration: number): string {
  return `${names.recordings}/${String(iteration).padStart(6, '0')}.safetensors`;
}

/** The iteration that a file of the recordings' folder is named after; undefined for any other file. */
export function iterationOf(fileName: string): number | undefined {
  const digits = /^(\d{6,})\.safetensors$/.exec(fileName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The policy after so many iterations, within the run's folder. */
export function checkpointName(iteration: number): string {
  return `${names.checkpoints}/${String(iteration).padStart(8, '0')}.safetensors`;
}

const lasting: readonly string[] = [
  names.config,
  names.meshes,
  names.policy,
  names.metrics,
  names.oldMetrics,
  names.rollouts,
  names.fault,
  `${names.checkpoints}/${names.best}`,
];
const numbered = /^(?:checkpoints|recordings)\/0*(\d{1,15})\.safetensors$/;

/** Whether a run has files of this path, with slashes, which then lies within its folder. */
export function isRunFile(path: string): boolean {
  if (lasting.includes(path)) return true;
  const digits = numbered.exec(path)?.[1];
  return digits !== undefined && [checkpointName(Number(digits)), recordingName(Number(digits))].includes(path);
}

/** Whether a file of one of the inner folders is named after its iteration. */
export function isNumbered(fileName: string): boolean {
  return /^\d+\.safetensors$/.test(fileName);
}
