/** In place of go-live.ts in a page that `armature share` made: a file on disk starts no worker. */
export const goLive = undefined;
export const liveCommands = [];
export function liveButton(): void {}
export async function prepareLive(): Promise<void> {}
