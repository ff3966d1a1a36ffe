import { FileError } from '../../envs/recording/errors.ts';
import { button, byId, html, setText } from './elements.ts';

/** How long a message stays at least, and for each of its letters, ms. */
const [shortestMessage, readingTime] = [5000, 70];

/** Messages over the scene: failures stay until they are dismissed or a recording opens. */
export class Messages {
  readonly #notice: HTMLElement;
  readonly #status: HTMLElement;
  readonly #lines = [html('span'), html('span')] as const;
  #fading?: ReturnType<typeof setTimeout>;

  constructor(root: ParentNode) {
    this.#notice = byId(root, 'notice', HTMLElement);
    this.#status = byId(root, 'status', HTMLElement);
    const [line, counter] = this.#lines;
    counter.setAttribute('aria-hidden', 'true');
    this.#status.replaceChildren(line, ' ', counter);
  }

  /** @param kept name of what is still open, if anything is */
  fail(name: string, reason: unknown, kept?: string, failure = 'could not be opened'): void {
    const [title, meaning, detail] = explain(name, reason, failure);
    const more = [detail, kept === undefined ? undefined : `Still showing ${kept}.`].filter(
      (text) => text !== undefined,
    );
    this.#show('bad', title, meaning, ...more);
  }

  /** A message of success, which disappears once it can have been read. */
  say(title: string, ...lines: readonly string[]): void {
    this.#show('good', title, ...lines);
    const letters = [title, ...lines].join(' ').length;
    this.#fading = setTimeout(() => this.clear(), Math.max(shortestMessage, letters * readingTime));
  }

  /** A message of success that answers a question, and stays until it is dismissed or a recording opens. */
  answer(title: string, ...lines: readonly (string | Node)[]): void {
    this.#show('good', title, ...lines);
  }

  /** A message of something that is not as it should be, which stays until it is dismissed or a recording opens. */
  warn(title: string, ...lines: readonly string[]): void {
    this.#show('bad', title, ...lines);
  }

  /** A message that is neither success nor failure, and stays until it is dismissed or a recording opens. */
  tell(title: string, ...lines: readonly (string | Node)[]): void {
    this.#show('', title, ...lines);
  }

  /**
   * Shows what is going on; hides the line without a text.
   * @param count how far it is, which is not read aloud whenever it changes
   */
  busy(text = '', count = ''): void {
    const [line, counter] = this.#lines;
    setText(line, text);
    setText(counter, count);
    this.#status.hidden = text === '';
  }

  clear(): void {
    clearTimeout(this.#fading);
    this.#notice.hidden = true;
  }

  #show(
    verdict: 'good' | 'bad' | '',
    title: string,
    meaning: string | Node = '',
    ...more: readonly (string | Node)[]
  ): void {
    this.busy();
    this.clear();
    const close = button('button', () => this.clear(), 'Dismiss');
    const text = html('div', 'text', html('strong', '', title), html('p', '', meaning));
    text.append(...more.map((line) => html('p', 'quiet', line)));
    this.#notice.className = `notice ${verdict}`;
    this.#notice.replaceChildren(text, close);
    this.#notice.hidden = false;
  }
}

const explanations: Readonly<Record<FileError['kind'], readonly [title: string, meaning: string]>> = {
  foreign: ['is not a rollout file', 'Recordings are .safetensors files that Armature wrote.'],
  damaged: ['is damaged', 'A part of it is missing, or was changed after it was written.'],
  'too-new': ['is too new', 'A later version of Armature wrote it, and it takes that version to open it.'],
  inconsistent: ['contradicts itself', 'It is whole, but its parts do not fit together.'],
};

function explain(name: string, reason: unknown, failure: string): [title: string, meaning: string, detail?: string] {
  if (!(reason instanceof FileError)) {
    return [`${name} ${failure}`, reason instanceof Error ? reason.message : String(reason)];
  }
  const [title, meaning] = explanations[reason.kind];
  const { place, expected, found } = reason.complaint;
  return [`${name} ${title}`, meaning, `${place}: expected ${expected}, found ${found}.`];
}
