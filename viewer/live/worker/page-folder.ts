/** A folder of a run in the page. */
export interface PageFolder {
  /** Of the run. */
  readonly name: string;
  /** Whether it outlasts the page. */
  readonly isLasting: boolean;
  /** A file by its path; null where there is none. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Writes a file whole, or leaves what was there. */
  write(path: string, content: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  /** Bytes of every file, by its path. */
  sizes(): Promise<ReadonlyMap<string, number>>;
}

/** Where the folders of runs are. */
export interface Folders {
  /** A folder for a new run, under that name or one with a number after it, that is this worker's alone as long as the worker lives. */
  add(name: string): Promise<PageFolder>;
  /**
   * The folder of a run that is kept, this worker's alone from here on.
   * @throws Error where there is none, or another worker has it
   */
  kept(run: string): Promise<PageFolder>;
}

/** @param files by their paths */
export function memoryFolder(name: string, files = new Map<string, Uint8Array<ArrayBuffer>>()): PageFolder {
  return {
    name,
    isLasting: false,
    read: async (path) => files.get(path) ?? null,
    write: async (path, content) => void files.set(path, Uint8Array.from(content)),
    remove: async (path) => void files.delete(path),
    sizes: async () => new Map([...files].map(([path, { length }]) => [path, length])),
  };
}
