import type { DirectoryHandle, FileHandle } from '../../viewer/live/worker/handle-folder.ts';

function named(name: string): Error {
  return Object.assign(new Error(`a ${name}`), { name });
}

/** A folder of a browser's file system, in memory: of a disk that can be full. */
export class FakeFolder implements DirectoryHandle {
  readonly kind = 'directory';
  readonly name: string;
  readonly within = new Map<string, FakeFolder | FakeFile>();
  readonly disk: { room: number };

  constructor(name: string, disk = { room: Number.POSITIVE_INFINITY }) {
    this.name = name;
    this.disk = disk;
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeFolder> {
    const found = this.within.get(name) ?? (create ? new FakeFolder(name, this.disk) : undefined);
    if (!found) throw named('NotFoundError');
    if (!(found instanceof FakeFolder)) throw named('TypeMismatchError');
    if (!this.within.has(name) && this.disk.room <= 0) throw named('QuotaExceededError');
    this.within.set(name, found);
    return found;
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FakeFile> {
    const found = this.within.get(name) ?? (create ? new FakeFile(this.disk) : undefined);
    if (!found) throw named('NotFoundError');
    if (!(found instanceof FakeFile)) throw named('TypeMismatchError');
    this.within.set(name, found);
    return found;
  }

  async removeEntry(name: string): Promise<void> {
    if (!this.within.delete(name)) throw named('NotFoundError');
  }

  async *entries() {
    yield* this.within;
  }

  /** All files by their paths. */
  files(): Record<string, Uint8Array> {
    const found: Record<string, Uint8Array> = {};
    for (const [name, one] of this.within) {
      if (one instanceof FakeFile) found[name] = one.content;
      else for (const [path, content] of Object.entries(one.files())) found[`${name}/${path}`] = content;
    }
    return found;
  }
}

class FakeFile implements FileHandle {
  readonly kind = 'file';
  content = new Uint8Array();
  readonly disk: { room: number };

  constructor(disk: { room: number }) {
    this.disk = disk;
  }

  async getFile() {
    const { content } = this;
    return { size: content.length, arrayBuffer: async () => content.slice().buffer };
  }

  async createWritable() {
    let written = new Uint8Array();
    return {
      write: async (content: Uint8Array<ArrayBuffer>) => {
        if (content.length > this.disk.room) throw named('QuotaExceededError');
        this.disk.room -= content.length;
        written = content.slice();
      },
      close: async () => {
        this.content = written;
      },
    };
  }
}
