/** Asks how something is to be exported: format, size, how fast or how long, how often, and what is written into it. */
import { button, byId, closeOnBackdrop, html, icon, setLabel, setText } from '../dom/elements.ts';
import {
  type Choice,
  type Format,
  formatsOf,
  type Subject,
  sizes,
  speedRange,
  type Timing,
  type VideoFormat,
} from './choice.ts';

/** The codec that each format gets; absent where the browser makes none. */
type Codecs = Readonly<Partial<Record<Format, string>>>;

interface Question {
  readonly subject: Subject;
  readonly timing: Timing;
  /** Those that the export has if nothing else is asked for. */
  readonly speed: number;
  readonly hold: number;
}

const titles: Readonly<Record<Subject, string>> = {
  picture: 'Save a picture',
  episode: 'Export the episode',
  film: 'Export “Watch it learn”',
};

const formatNames: Readonly<Record<Format, string>> = { png: 'PNG', mp4: 'MP4', webm: 'WebM', webp: 'Animated WebP' };

const repeats: readonly (readonly [loops: number, name: string])[] = [
  [0, 'Without end'],
  [1, 'Once'],
  [2, 'Twice'],
  [3, 'Three times'],
];

/** Seconds that can be asked for. */
const longest = 600;

/** @returns undefined where the dialog is closed without saving */
export function askForExport(root: HTMLElement, question: Question, signal: AbortSignal): Promise<Choice | undefined> {
  const dialog = byId(root, 'export', HTMLDialogElement);
  const form = new ExportForm(question);
  const title = html('h2', '', titles[question.subject]);
  title.id = 'export-title';
  const close = button('icon-button', () => dialog.close(), icon('close'));
  setLabel(close, 'Close', 'Esc');
  dialog.replaceChildren(html('header', '', title, close), form.element);
  if (!dialog.dataset.ready) closeOnBackdrop(dialog);
  dialog.dataset.ready = 'yes';
  return new Promise((resolve) => {
    let chosen: Choice | undefined;
    form.element.addEventListener('submit', (event) => {
      event.preventDefault();
      chosen = form.choice;
      dialog.close();
    });
    dialog.addEventListener('close', () => resolve(chosen), { once: true });
    signal.addEventListener('abort', () => dialog.close());
    dialog.showModal();
    form.focus();
  });
}

class ExportForm {
  readonly element = html('form', 'export-form');
  readonly #question: Question;
  readonly #format: HTMLSelectElement;
  readonly #size: HTMLSelectElement;
  readonly #seconds: HTMLInputElement;
  readonly #speed: HTMLInputElement;
  readonly #hold: HTMLInputElement;
  readonly #loops: HTMLSelectElement;
  readonly #caption = checkbox('caption', 'Caption', true);
  readonly #legend = checkbox('legend', 'Labels and legend', true);
  readonly #small = checkbox('small', 'Smaller file', false);
  readonly #note = html('p', 'note small');
  readonly #save = html('button', 'button primary', 'Save');
  /** Undefined until they are known. */
  #codecs?: Codecs;
  /** Times that the codecs were asked for. */
  #asked = 0;
  /** Why the codecs are not known. */
  #failure = '';

  constructor(question: Question) {
    const { subject, speed, hold, timing } = question;
    this.#question = question;
    const isPicture = subject === 'picture';
    this.#format = choice(
      'format',
      formatsOf[subject].map((format) => [format, isPicture && format === 'webp' ? 'WebP' : formatNames[format]]),
    );
    this.#size = choice(
      'size',
      sizes.map(({ width, height, name }, i) => [String(i), `${width} × ${height} · ${name}`]),
    );
    if (!isPicture) this.#size.value = '1';
    this.#seconds = number('seconds', timing.seconds(speed, hold), 0.1, longest);
    this.#speed = number('speed', speed, speedRange.low, speedRange.high);
    this.#hold = number('hold', hold, 0, 60);
    this.#loops = choice(
      'loops',
      repeats.map(([loops, name]) => [String(loops), name]),
    );
    this.#loops.value = '1';
    this.#note.setAttribute('role', 'status');
    this.#save.type = 'submit';
    const moving = [
      row('Duration in all, s', this.#seconds),
      row('Speed, ×', this.#speed),
      row('Hold the end, s', this.#hold),
      row('Play', this.#loops),
    ];
    const fields = [row('Format', this.#format), row('Size', this.#size), ...(isPicture ? [] : moving)];
    const written = html('div', 'checks', this.#caption.label, this.#legend.label, this.#small.label);
    this.element.append(html('div', 'fields', ...fields), written, html('footer', '', this.#note, this.#save));
    this.#keepInStep();
    this.#update();
    void this.#findCodecs();
  }

  focus(): void {
    this.#format.focus();
  }

  get choice(): Choice {
    const { width, height } = sizes[Number(this.#size.value)];
    return {
      subject: this.#question.subject,
      format: this.#format.value as Format,
      width,
      height,
      speed: Number(this.#speed.value),
      hold: Number(this.#hold.value),
      loops: Number(this.#loops.value),
      caption: this.#caption.input.checked,
      legend: this.#legend.input.checked,
      small: this.#small.input.checked,
    };
  }

  /** Duration and speed say the same: whichever was set last counts, and the other follows. */
  #keepInStep(): void {
    const { timing } = this.#question;
    let counts = this.#speed;
    const follow = () => {
      const hold = this.#hold.valueAsNumber;
      const value = counts.valueAsNumber;
      if (!(value > 0) || !(hold >= 0)) return;
      if (counts === this.#speed) this.#seconds.value = round(timing.seconds(value, hold));
      else this.#speed.value = round(timing.speed(value, hold));
    };
    for (const input of [this.#speed, this.#seconds]) {
      input.addEventListener('input', () => {
        counts = input;
        follow();
      });
    }
    this.#hold.addEventListener('input', follow);
    // What cannot be, such as an end that is longer than the whole, is set right once it is left.
    this.element.addEventListener('change', () => {
      counts = this.#speed;
      follow();
    });
    this.element.addEventListener('input', () => this.#update());
    this.#size.addEventListener('change', () => void this.#findCodecs());
    // Only an animation holds how often it is to be shown; in a video, it is there as often.
    this.#format.addEventListener('change', () => {
      this.#loops.value = this.#format.value === 'webp' ? '0' : '1';
      this.#update();
    });
  }

  async #findCodecs(): Promise<void> {
    this.#asked++;
    const own = this.#asked;
    const found = await codecsFor(this.choice).catch((reason: unknown) => String(reason));
    // The size may have been changed since.
    if (own !== this.#asked) return;
    const isKnown = typeof found !== 'string';
    this.#codecs = isKnown ? found : undefined;
    this.#failure = isKnown ? '' : `Which formats this browser makes could not be found out: ${found}`;
    if (isKnown) this.#offer(found);
    this.#update();
  }

  /** Has only formats chosen that the browser makes. */
  #offer(codecs: Codecs): void {
    for (const option of this.#format.options) option.disabled = codecs[option.value as Format] === undefined;
    if (this.#format.selectedOptions[0]?.disabled) {
      const usable = [...this.#format.options].find((option) => !option.disabled);
      if (usable) this.#format.value = usable.value;
      this.#format.dispatchEvent(new Event('change'));
    }
  }

  #update(): void {
    const { format } = this.choice;
    const isVideo = format === 'mp4' || format === 'webm';
    this.#small.label.hidden = format === 'png';
    for (const option of this.#loops.options) option.disabled = isVideo && option.value === '0';
    this.#loops.title = isVideo ? 'A video holds no word on looping: its player decides' : '';
    this.#save.disabled = this.#codecs !== undefined && this.#codecs[format] === undefined;
    setText(this.#note, this.#noteOf(format, isVideo));
  }

  /** What this browser does not make, and what goes with what is chosen. */
  #noteOf(format: Format, isVideo: boolean): string {
    const codecs = this.#codecs;
    if (!codecs) return this.#failure;
    const missing = [...this.#format.options].map(({ value }) => value as Format).filter((each) => !codecs[each]);
    const without =
      missing.length > 0 ? [`This browser makes no ${missing.map((each) => formatNames[each]).join(', no ')}.`] : [];
    if (!isVideo) return without.join(' ');
    const codec = codecs[format] ?? '';
    const caveat =
      format === 'mp4' && codec !== 'H.264'
        ? ': this browser has no encoder for H.264, and older players do not play it'
        : '';
    const looping = ' Whether a video loops is up to its player.';
    return [`${formatNames[format]} with ${codec}${caveat}.${looping}`, ...without].join(' ');
  }
}

async function codecsFor({ subject, width, height }: Choice): Promise<Codecs> {
  const { canWriteWebp } = await import('./webp.ts');
  const codecs: Partial<Record<Format, string>> = { png: 'PNG', ...((await canWriteWebp()) && { webp: 'WebP' }) };
  if (subject === 'picture') return codecs;
  const { codecNameFor } = await import('./video.ts');
  for (const format of ['mp4', 'webm'] satisfies VideoFormat[]) {
    const name = await codecNameFor(format, { width, height });
    if (name !== undefined) codecs[format] = name;
  }
  return codecs;
}

function row(text: string, control: HTMLElement): HTMLElement {
  const label = html('label', '', text);
  label.htmlFor = control.id;
  return html('div', 'field', label, control);
}

function choice(name: string, options: readonly (readonly [value: string, text: string])[]): HTMLSelectElement {
  const select = html('select');
  select.id = `export-${name}`;
  select.append(...options.map(([value, text]) => Object.assign(html('option', '', text), { value })));
  return select;
}

function number(name: string, value: number, min: number, max: number): HTMLInputElement {
  const input = html('input');
  Object.assign(input, { id: `export-${name}`, type: 'number', min: String(min), max: String(max), step: 'any' });
  Object.assign(input, { required: true, value: round(value) });
  return input;
}

function checkbox(name: string, text: string, checked: boolean) {
  const input = html('input');
  Object.assign(input, { id: `export-${name}`, type: 'checkbox', checked });
  return { input, label: html('label', '', input, html('span', '', text)) };
}

/** Three digits that matter. */
function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
