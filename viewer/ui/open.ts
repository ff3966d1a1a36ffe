import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { type App, isReplay } from '../commands/command.ts';
import { button, byId, html, setText } from '../dom/elements.ts';
import { fetchRecording, findOffered, type OfferedRecording, readRecording } from '../files/recordings.ts';
import { mismatch, roomFor, withBeside } from '../state/compare.ts';
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
  /** The same, of files to stand beside. */
  #besideAttempt = 0;

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

  /** All that can be opened. */
  get offered(): readonly OfferedRecording[] {
    return this.#offered;
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
      if (!item) this.#offerOthers(name);
      if (!item || !(await this.#open(name, () => fetchRecording(item)))) return;
    }
    const attempt = this.#attempt;
    const isOpen = (wanted: string) => session.state.files.some((file) => file.name === wanted);
    const others = [link.beside, ...(link.compare ?? []).map((ref) => ref.file)];
    for (const wanted of new Set(others.filter((other) => other !== undefined))) {
      if (isOpen(wanted)) continue;
      const item = findOffered(this.#offered, wanted);
      if (item) await this.#add(wanted, () => fetchRecording(item));
      else if (wanted === link.beside) messages.fail(wanted, new Error(notHere), this.#currentFile()?.name);
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

  /** Of a name that is not here: what there is instead. */
  #offerOthers(name: string): void {
    const { messages } = this.#app;
    if (this.#offered.length === 0) {
      messages.fail(name, new Error(notHere));
      return;
    }
    const choices = this.#offered.slice(0, mostChoices).map((item) => {
      return button('button', () => void this.#open(item.name, () => fetchRecording(item)), item.name);
    });
    const more = this.#offered.length > mostChoices ? ['The list above has all of them.'] : [];
    const there = this.#offered.length === 1 ? 'There is this one:' : 'There are these:';
    messages.tell(`${name} is not here`, `${notHere} ${there}`, html('span', 'choices', ...choices), ...more);
  }

  /** Shows a recording beside the one in view: the episodes of the same number play together. */
  async openBeside(name: string, read: () => Promise<Recording>): Promise<void> {
    const { session, messages } = this.#app;
    const [attempt, main] = [++this.#besideAttempt, this.#attempt];
    const isWanted = () => attempt === this.#besideAttempt && main === this.#attempt;
    messages.busy(`Opening ${name} …`);
    try {
      const added = await this.#add(name, read, isWanted);
      if (added) session.update((state) => withBeside(state, added.id));
    } finally {
      if (isWanted()) messages.busy();
    }
  }

  /** Shows one recording alone again; one that is on its way comes too late. */
  closeBeside(): void {
    this.#besideAttempt++;
    this.#app.session.update((state) => withBeside(state, undefined));
  }

  /** A file that is chosen or dropped, beside the one in view; of each other one, the first episode becomes a ghost. */
  async openFilesBeside(files: readonly File[]): Promise<void> {
    const [second, ...others] = files;
    if (!second) return;
    await this.openBeside(second.name, () => readRecording(second));
    for (const file of others) await this.#addGhost(file);
  }

  /** Shows the first file, and a second one beside it; of each of more, the first episode becomes a ghost. */
  async #openFiles(files: readonly File[]): Promise<void> {
    const [first, ...others] = files;
    const { goLive } = this.#app;
    if (goLive && first && (await isOfRun(first))) return goLive(this.#app, first);
    if (!first || !(await this.#open(first.name, () => readRecording(first)))) return;
    if (others.length === 1) return this.openFilesBeside(others);
    for (const file of others) await this.#addGhost(file);
  }

  /** What is let go over the right half of the page is compared; a policy, or a run, acts wherever that is. */
  async #drop(files: readonly File[], isBeside: boolean): Promise<void> {
    const [first] = files;
    if (isBeside && first && !(await isOfRun(first))) return this.openFilesBeside(files);
    return this.#openFiles(files);
  }

  async #addGhost(file: File): Promise<void> {
    const added = await this.#add(file.name, () => readRecording(file));
    if (!added) return;
    this.#app.session.update((state) => {
      return { ...state, compare: [...state.compare, { file: added.id, episode: 0 }].slice(-roomFor(state)) };
    });
  }

  /** A file to compare with the one in view; undefined where it cannot be, which the reader is told. */
  async #add(
    name: string,
    read: () => Promise<Recording>,
    isWanted: () => boolean = () => true,
  ): Promise<OpenFile | undefined> {
    const { session, messages, closed } = this.#app;
    try {
      const recording = await read();
      const current = this.#currentFile();
      if (!current || closed.aborted || !isWanted()) return undefined;
      const reason = mismatch(current.recording.header, recording.header);
      if (!reason) return session.add(name, recording);
      messages.fail(name, new Error(reason), current.name, 'cannot be compared');
    } catch (reason) {
      if (isWanted()) messages.fail(name, reason, this.#currentFile()?.name);
    }
    return undefined;
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

  /** Where something is open, the right half of the page is for what is to be compared with it. */
  #acceptDrops(scope: Window | HTMLElement): void {
    const overlay = byId(this.#app.root, 'drop', HTMLElement);
    const show = (shown: boolean) => (event: Event) => {
      if (!(event instanceof DragEvent) || !event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      const { left, width } = overlay.parentElement?.getBoundingClientRect() ?? { left: 0, width: 0 };
      const isBeside = isReplay(this.#app) && event.clientX > left + width / 2;
      overlay.dataset.choice = !isReplay(this.#app) ? '' : isBeside ? 'beside' : 'open';
      overlay.hidden = !shown;
      if (event.type !== 'drop') return;
      void this.#drop([...event.dataTransfer.files], isBeside);
    };
    const { closed: signal } = this.#app;
    scope.addEventListener('dragenter', show(true), { signal });
    scope.addEventListener('dragover', show(true), { signal });
    overlay.addEventListener('dragleave', show(false));
    scope.addEventListener('drop', show(false), { signal });
  }
}

/** Recordings that are offered in place of a missing one, at most. */
const mostChoices = 6;

const notHere = 'There is no recording of that name here. Open or drop the file itself.';

/** Whether a file is a policy, whose format's name stands near its beginning, or a run's folder, zipped. */
async function isOfRun(file: File): Promise<boolean> {
  return /^PK|"armature\.policy"/.test(await file.slice(0, 99).text());
}
