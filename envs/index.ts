export * from './control/joint-step.ts';
export { distance } from './math/rotation.ts';
export * from './model/types.ts';
export * from './task.ts';
