import type { Recording } from '../../envs/recording/types.ts';
import type { App } from '../actions/types.ts';
import { fetchRecording, findServed, readRecording, type Served, served } from '../files.ts';
import { type Link, readLink } from '../state/link.ts';
import { showFile } from '../state/session.ts';
import type { OpenFile } from '../state/types.ts';
import { apply } from './address.ts';
import { html, need, write } from './dom.ts';

/** Opens recordings: the served ones, those that the address names, dropped and chosen ones. */
export class Opener {
  readonly #app: App;
  readonly #tell: (offered: readonly Served[]) => void;
  readonly #select = need('file', HTMLSelectElement);
  readonly #name = need('file-name', HTMLElement);
  readonly #empty = need('empty', HTMLElement);
  #offered: readonly Served[] = [];
  /** Counts attempts, so that a slow file does not replace one that was asked for later. */
  #attempt = 0;

  /** @param tell is told what is on offer */
  constructor(app: App, tell: (offered: readonly Served[]) => void) {
    this.#app = app;
    this.#tell = tell;
    const picker = need('picker', HTMLInputElement);
    for (const id of ['open', 'choose']) need(id, HTMLButtonElement).addEventListener('click', () => picker.click());
    picker.addEventListener('change', () => {
      void this.#openFiles([...(picker.files ?? [])]);
      picker.value = '';
    });
    this.#select.addEventListener('change', () => void this.#chosen(this.#select.value));
    this.#acceptDrops();
    app.session.watchState(() => this.#settle());
    window.addEventListener('hashchange', () => void this.#follow(readLink(location.hash)));
  }

  /** Opens what the address names, else the first on offer; resolves when it is in view or cannot be. */
  async start(): Promise<void> {
    try {
      this.#offered = await served();
    } catch (reason) {
      this.#app.messages.fail('The list of recordings', reason);
    }
    this.#tell(this.#offered);
    const link = readLink(location.hash);
    const [first] = this.#offered;
    if (link.file !== undefined || first) await this.#follow({ ...link, file: link.file ?? first?.name });
    this.#settle();
  }

  /** Opens the files of a link, then shows what it says of them. */
  async #follow(link: Link): Promise<void> {
    const { session, messages } = this.#app;
    const { file: name } = link;
    if (name !== undefined && this.#current()?.name !== name) {
      const item = findServed(this.#offered, name);
      if (!item)
        messages.fail(name, new Error('There is no recording of that name here. Open or drop the file itself.'));
      if (!item || !(await this.#open(name, () => fetchRecording(item)))) return;
    }
    const isOpen = (wanted: string) => session.state.files.some((file) => file.name === wanted);
    for (const wanted of new Set(link.compare?.map((ref) => ref.file))) {
      const item = findServed(this.#offered, wanted);
      if (item && !isOpen(wanted)) session.add(wanted, await fetchRecording(item));
    }
    apply(this.#app, link);
  }

  async #chosen(value: string): Promise<void> {
    const [kind, key] = value.split(':');
    if (kind === 'open') {
      const file = this.#app.session.state.files.find(({ id }) => id === Number(key));
      if (file) this.#app.session.update((state) => showFile(state, file, false));
      return;
    }
    const item = this.#offered[Number(key)];
    if (item) await this.#open(item.name, () => fetchRecording(item));
  }

  /** The first is shown; of the others, the first episode each stands beside it as a ghost. */
  async #openFiles(files: readonly File[]): Promise<void> {
    const { session } = this.#app;
    const [first, ...others] = files;
    if (!first || !(await this.#open(first.name, () => readRecording(first)))) return;
    for (const file of others) {
      try {
        const { id } = session.add(file.name, await readRecording(file));
        session.update((state) => ({ ...state, compare: [...state.compare, { file: id, episode: 0 }].slice(-5) }));
      } catch (reason) {
        this.#app.messages.fail(file.name, reason, first.name);
      }
    }
  }

  async #open(name: string, read: () => Promise<Recording>): Promise<boolean> {
    const { session, messages } = this.#app;
    const attempt = ++this.#attempt;
    messages.busy(`Opening ${name} …`);
    try {
      const recording = await read();
      if (attempt !== this.#attempt) return false;
      session.open(name, recording);
      messages.clear();
      messages.busy();
      return true;
    } catch (reason) {
      if (attempt === this.#attempt) messages.fail(name, reason, this.#current()?.name);
      return false;
    } finally {
      this.#settle();
    }
  }

  #current(): OpenFile | undefined {
    const { files, file } = this.#app.session.state;
    return files.find(({ id }) => id === file);
  }

  /** Makes the page tell what is open: also after a failure, when the list shows another name than the scene. */
  #settle(): void {
    const { files } = this.#app.session.state;
    const current = this.#current();
    this.#empty.hidden = current !== undefined;
    const loose = files.filter(({ name }) => !findServed(this.#offered, name));
    const options = [
      ...this.#offered.map(({ name }, i) => ({ name, value: `served:${i}` })),
      ...loose.map(({ name, id }) => ({ name, value: `open:${id}` })),
    ];
    const owner = this.#offered.find((item) => current && findServed([item], current.name));
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
    write(this.#name, current?.name ?? '');
    this.#name.hidden = !this.#select.hidden;
  }

  #acceptDrops(): void {
    const veil = need('drop', HTMLElement);
    const show = (shown: boolean) => (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      veil.hidden = !shown;
    };
    window.addEventListener('dragenter', show(true));
    window.addEventListener('dragover', show(true));
    veil.addEventListener('dragleave', show(false));
    window.addEventListener('drop', (event) => {
      show(false)(event);
      void this.#openFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }
}
