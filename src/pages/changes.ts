/** Tells when there is something new to watch: by what the system says of folders, and not by looking again and again. */
import { type FSWatcher, watch } from 'node:fs';
import { quietly } from '../run/files.ts';
import { isInUse } from '../run/lock.ts';
import { goingIn, recordingFoldersOf } from './library.ts';

/** What is written at once is told once, ms. */
const settle = 150;
/** A training that is killed says nothing: so often it is seen whether those that go on still do, ms. */
const lookEvery = 3000;

/**
 * Calls back, soon after, when a recording was written in folders of runs, or a training began or ended there.
 * @returns what ends it
 */
export function watchRuns(folders: readonly string[], changed: () => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  let going: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const follow = () => {
    const wanted = new Set(folders.flatMap((folder) => quietly(() => recordingFoldersOf(folder)) ?? []));
    for (const [folder, watcher] of watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of wanted) if (!watchers.has(folder)) add(folder);
    going = folders.flatMap((folder) => quietly(() => goingIn(folder)) ?? []);
  };
  const add = (folder: string) => {
    // Where a system has no more watches to give, what is new shows when the page is loaded again.
    const watcher = quietly(() => watch(folder, (event, name) => isNews(event, name) && soon()));
    watcher?.on('error', () => {});
    if (watcher) watchers.set(folder, watcher);
  };
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      follow();
      changed();
    }, settle);
  };
  const look = setInterval(() => going.every(isInUse) || soon(), lookEvery);
  follow();
  return () => {
    clearInterval(look);
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}

/** Whether what happened to a file changes a list of recordings. A lock is touched twice a second. */
function isNews(event: string, name: string | null): boolean {
  if (name === 'lock') return event === 'rename';
  return name === null || name.endsWith('.safetensors') || !name.includes('.');
}
