import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import type { App } from '../commands/command.ts';
import { byId, html, setText } from '../dom/elements.ts';
import { fetchRecording, findOffered, type OfferedRecording, readRecording } from '../files/recordings.ts';
import { maxGhosts } from '../state/compare.ts';
import type { Link } from '../state/link.ts';
import { showFile } from '../state/session.ts';
import type { OpenFile } from '../state/state.ts';
import { applyLink } from './address.ts';

/** Opens recordings: those on offer, those that a link names, files that are dropped or chosen, and bytes. */
export class Opener {
  readonly #app: App;
  readonly #select: HTMLSelectElement;
  readonly #name: HTMLElement;
  readonly #empty: HTMLElement;
  #offered: readonly OfferedRecording[] = [];
  /** Counts attempts, so that a slow file does not replace a file that was asked for later. */
  #attempt = 0;

  /** @param scope where files can be dropped */
  constructor(app: App, scope: Window | HTMLElement) {
    const { root } = app;
    this.#app = app;
    this.#select = byId(root, 'file', HTMLSelectElement);
    this.#name = byId(root, 'file-name', HTMLElement);
    this.#empty = byId(root, 'empty', HTMLElement);
    const picker = byId(root, 'picker', HTMLInputElement);
    for (const id of ['open', 'choose'])
      byId(root, id, HTMLButtonElement).addEventListener('click', () => picker.click());
    picker.addEventListener('change', () => {
      void this.#openFiles([...(picker.files ?? [])]);
      picker.value = '';
    });
    this.#select.addEventListener('change', () => void this.#openOption(this.#select.value));
    this.#acceptDrops(scope);
    app.session.watchState(() => this.#showNames());
    this.#showNames();
  }

  /** Has recordings on offer. */
  offer(offered: readonly OfferedRecording[]): void {
    this.#offered = offered;
    this.#app.trainings.offer(offered);
    this.#showNames();
  }

  /** @throws FileError where the bytes are no recording; what was open stays */
  async openBytes(name: string, bytes: Uint8Array | ArrayBuffer): Promise<void> {
    const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
    await this.#load(name, () => decodeRecording(view, name));
  }

  /** Opens the files of a link, then shows the rest of the link; resolves when that is in view or has failed. */
  async follow(link: Link): Promise<void> {
    const { session, messages } = this.#app;
    const { file: name } = link;
    if (name !== undefined && this.#currentFile()?.name !== name) {
      const item = findOffered(this.#offered, name);
      if (!item)
        messages.fail(name, new Error('There is no recording of that name here. Open or drop the file itself.'));
      if (!item || !(await this.#open(name, () => fetchRecording(item)))) return;
    }
    const attempt = this.#attempt;
    const isOpen = (wanted: string) => session.state.files.some((file) => file.name === wanted);
    for (const wanted of new Set(link.compare?.map((ref) => ref.file))) {
      const item = findOffered(this.#offered, wanted);
      if (!item || isOpen(wanted)) continue;
      try {
        session.add(wanted, await fetchRecording(item));
      } catch (reason) {
        messages.fail(wanted, reason, this.#currentFile()?.name);
      }
    }
    if (attempt === this.#attempt) applyLink(this.#app, link);
  }

  async #openOption(value: string): Promise<void> {
    const [kind, key] = value.split(':');
    if (kind === 'open') {
      const file = this.#app.session.state.files.find(({ id }) => id === Number(key));
      if (file) this.#app.session.update((state) => showFile(state, file, false));
      return;
    }
    const item = this.#offered[Number(key)];
    if (item) await this.#open(item.name, () => fetchRecording(item));
  }

  /** Shows the first file; of each other file, the first episode becomes a ghost. */
  async #openFiles(files: readonly File[]): Promise<void> {
    const { session } = this.#app;
    const [first, ...others] = files;
    const { goLive } = this.#app;
    if (goLive && first && (await isPolicy(first))) return goLive(this.#app, first);
    if (!first || !(await this.#open(first.name, () => readRecording(first)))) return;
    for (const file of others) {
      try {
        const { id } = session.add(file.name, await readRecording(file));
        session.set({ compare: [...session.state.compare, { file: id, episode: 0 }].slice(-maxGhosts) });
      } catch (reason) {
        this.#app.messages.fail(file.name, reason, first.name);
      }
    }
  }

  /** Whether the recording is in view; a failure is told to the reader. */
  async #open(name: string, read: () => Promise<Recording>): Promise<boolean> {
    const attempt = this.#attempt + 1;
    try {
      return await this.#load(name, read);
    } catch (reason) {
      if (attempt === this.#attempt) this.#app.messages.fail(name, reason, this.#currentFile()?.name);
      return false;
    } finally {
      this.#showNames();
    }
  }

  /** Whether the recording is in view: not where another was asked for meanwhile. */
  async #load(name: string, read: () => Promise<Recording>): Promise<boolean> {
    const { session, messages, closed } = this.#app;
    const attempt = ++this.#attempt;
    messages.busy(`Opening ${name} …`);
    try {
      const recording = await read();
      if (attempt !== this.#attempt || closed.aborted) return false;
      messages.clear();
      session.open(name, recording);
      return true;
    } finally {
      if (attempt === this.#attempt) messages.busy();
    }
  }

  #currentFile(): OpenFile | undefined {
    const { files, file } = this.#app.session.state;
    return files.find(({ id }) => id === file);
  }

  /** Names what is open: also after a failure, when the list shows another name than the scene. */
  #showNames(): void {
    const { files } = this.#app.session.state;
    const current = this.#currentFile();
    this.#empty.hidden = current !== undefined;
    const local = files.filter(({ name }) => !findOffered(this.#offered, name));
    const options = [
      ...this.#offered.map(({ name }, i) => ({ name, value: `served:${i}` })),
      ...local.map(({ name, id }) => ({ name, value: `open:${id}` })),
    ];
    const owner = this.#offered.find((item) => current && findOffered([item], current.name));
    const chosen = options.find(({ name }) => name === (owner ?? current)?.name)?.value ?? '';
    if (!current && options.length > 1) options.unshift({ name: 'Choose a recording', value: '' });
    const key = JSON.stringify(options);
    if (this.#select.dataset.key !== key) {
      this.#select.dataset.key = key;
      this.#select.replaceChildren(
        ...options.map(({ name, value }) => Object.assign(html('option', '', name), { value })),
      );
    }
    if (this.#select.value !== chosen) this.#select.value = chosen;
    this.#select.hidden = options.length < 2;
    setText(this.#name, current?.name ?? '');
    this.#name.hidden = !this.#select.hidden;
  }

  #acceptDrops(scope: Window | HTMLElement): void {
    const overlay = byId(this.#app.root, 'drop', HTMLElement);
    const show = (shown: boolean) => (event: Event) => {
      if (!(event instanceof DragEvent) || !event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      overlay.hidden = !shown;
      if (event.type === 'drop') void this.#openFiles([...event.dataTransfer.files]);
    };
    const { closed: signal } = this.#app;
    scope.addEventListener('dragenter', show(true), { signal });
    scope.addEventListener('dragover', show(true), { signal });
    overlay.addEventListener('dragleave', show(false));
    scope.addEventListener('drop', show(false), { signal });
  }
}

/** The format's name stands near the beginning. */
async function isPolicy(file: File): Promise<boolean> {
  return (await file.slice(0, 99).text()).includes('"armature.policy"');
}
