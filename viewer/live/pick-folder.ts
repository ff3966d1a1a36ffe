/** Folders on the reader's disk, where a browser lets one be picked: Chromium does, on pages that a server gives. */
import type { DirectoryHandle } from './worker/handle-folder.ts';

interface Picking {
  showDirectoryPicker(options: { id: string; mode: 'read' | 'readwrite' }): Promise<DirectoryHandle>;
}

export function canPickFolders(): boolean {
  // A page from a disk has no origin that its workers could share a folder with.
  return 'showDirectoryPicker' in window && location.protocol !== 'file:';
}

/** @returns null where the reader picked none */
export async function pickFolder(mode: 'read' | 'readwrite'): Promise<DirectoryHandle | null> {
  try {
    return await (window as unknown as Picking).showDirectoryPicker({ id: 'armature-runs', mode });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}
