import { describe, expect, it } from 'vitest';
import { handleFolder } from '../../viewer/live/worker/handle-folder.ts';
import { lastingFolders } from '../../viewer/live/worker/lasting-folders.ts';
import { runIn, writeInto } from '../../viewer/live/worker/picked-folder.ts';
import { FakeFolder } from './fake-folder.ts';

const bytes = (...numbers: readonly number[]) => Uint8Array.from(numbers);
const files = new Map([
  ['config.json', bytes(1)],
  ['checkpoints/00000002.safetensors', bytes(2, 3)],
  ['policy.safetensors', bytes(4)],
]);

/** The lock that tabs have in common. */
function locks() {
  const held = new Set<string>();
  return async (run: string) => {
    if (held.has(run)) return null;
    held.add(run);
    return () => void held.delete(run);
  };
}

describe('a folder by its handles', () => {
  it('holds whole files, reads what is there, and forgets what is removed', async () => {
    const own = new FakeFolder('run');
    const folder = handleFolder('run', own);
    await folder.write('checkpoints/a', bytes(1, 2));
    await folder.write('b', bytes(3));
    expect(await folder.read('checkpoints/a')).toEqual(bytes(1, 2));
    expect([...(await folder.sizes())]).toEqual([
      ['checkpoints/a', 2],
      ['b', 1],
    ]);
    for (const path of ['b', 'b', 'nowhere/c']) await folder.remove(path);
    expect(await folder.read('b')).toBeNull();
    own.disk.room = 1;
    await expect(folder.write('checkpoints/a', bytes(9, 9, 9))).rejects.toThrow('QuotaExceededError');
    expect(await folder.read('checkpoints/a')).toEqual(bytes(1, 2));
  });
});

describe('the folders that a browser keeps', () => {
  it('are each one run’s, and no two trainings’ at once', async () => {
    const root = new FakeFolder('runs');
    const tab = locks();
    const { add, kept, all, drop } = lastingFolders(async () => root, tab);
    const names = [await add('reach-s0'), await add('reach-s0')].map(({ name }) => name);
    expect(names).toEqual(['reach-s0', 'reach-s0-2']);
    expect((await all()).map(({ name }) => name)).toEqual(names);
    await expect(kept('reach-s0')).rejects.toThrow('is being trained already');
    await expect(drop('reach-s0')).rejects.toThrow('is being trained');
    const later = lastingFolders(async () => root, locks());
    expect((await later.kept('reach-s0')).isLasting).toBe(true);
    await later.drop('reach-s0-2');
    await expect(later.kept('reach-s0-2')).rejects.toThrow('keeps no run reach-s0-2');
  });

  it('are in memory where it keeps none, or its disk is full', async () => {
    const none = lastingFolders(async () => null, locks());
    expect((await none.add('a')).isLasting).toBe(false);
    expect(await none.all()).toEqual([]);
    const full = lastingFolders(async () => new FakeFolder('runs', { room: 0 }), locks());
    const folder = await full.add('a');
    expect([folder.name, folder.isLasting]).toEqual(['a', false]);
  });
});

describe('a folder that was picked', () => {
  it('gets a run as a new folder, whatever lies there', async () => {
    const picked = new FakeFolder('Documents');
    await picked.getDirectoryHandle('REACH-s0', { create: true });
    await picked.getFileHandle('reach-s0-2', { create: true });
    expect(await writeInto(picked, 'reach-s0', files)).toBe('reach-s0-3');
    expect(Object.keys(picked.files())).toEqual([
      'reach-s0-2',
      ...[...files.keys()].map((path) => `reach-s0-3/${path}`),
    ]);
  });

  it('is as it was where the disk is full', async () => {
    const picked = new FakeFolder('Documents', { room: 3 });
    await expect(writeInto(picked, 'reach-s0', files)).rejects.toThrow('QuotaExceededError');
    expect([...picked.within.keys()]).toEqual([]);
  });

  it('is read as the run that it is, and no farther', async () => {
    const picked = new FakeFolder('Documents');
    await writeInto(picked, 'reach-s0', files);
    const own = await picked.getDirectoryHandle('reach-s0');
    const other = handleFolder('reach-s0', own);
    for (const path of ['notes.txt', 'checkpoints/notes.txt', 'pictures/config.json'])
      await other.write(path, bytes(7));
    const run = await runIn(own);
    expect([run.name, run.isLasting]).toEqual(['reach-s0', false]);
    expect(new Set((await run.sizes()).keys())).toEqual(new Set(files.keys()));
    expect(await run.read('checkpoints/00000002.safetensors')).toEqual(bytes(2, 3));
    await expect(runIn(picked)).rejects.toThrow(
      'Documents is not the folder of a run: expected config.json, found none.',
    );
  });
});
