import type { Recording } from '../../envs/recording/header.ts';
import type { App } from '../commands/command.ts';
import { returnsOf } from '../derive/episode.ts';
import { button, byId, html, icon, setText } from '../dom/elements.ts';
import { compact, integer } from '../dom/format.ts';
import { isCompared, toggleCompare } from '../state/compare.ts';
import { seek } from '../state/player.ts';
import type { Session } from '../state/session.ts';
import { type Column, type Entry, filtered, type Order, sortBy, sorted, tally } from './episode-filter.ts';
import { VirtualList } from './virtual-list.ts';

const columns: Readonly<Record<Column, string>> = { number: '#', success: 'Goal', steps: 'Steps', return: 'Return' };

/** The list of episodes, sorted and filtered. */
export class EpisodeList {
  readonly #session: Session;
  readonly #list: VirtualList<Entry>;
  readonly #filter: HTMLInputElement;
  readonly #tally: HTMLElement;
  readonly #panel: HTMLElement;
  readonly #heads = (Object.keys(columns) as Column[]).map((column) => {
    return { column, element: button('', () => this.#sort(column)) };
  });
  #recording?: Recording;
  #all: readonly Entry[] = [];
  #listed: readonly Entry[] = [];
  /** Row of every episode that is listed. */
  #rows: ReadonlyMap<number, number> = new Map();
  /** Whether what is asked for makes sense. */
  #understood = true;
  #order: Order = { column: 'number', descending: false };

  constructor({ root, session }: App) {
    this.#session = session;
    this.#filter = byId(root, 'filter', HTMLInputElement);
    this.#tally = byId(root, 'tally', HTMLElement);
    this.#panel = byId(root, 'panel-episodes', HTMLElement);
    this.#list = new VirtualList<Entry>({
      root: byId(root, 'episodes', HTMLElement),
      // As the style sheet has it.
      rowHeight: () => (root.clientWidth <= 760 ? 40 : 28),
      createRow: (entry) => this.#createRow(entry),
      none: () =>
        this.#understood ? 'No episode passes the filter. Clear it to see all.' : 'The filter is not understood.',
    });
    byId(root, 'columns', HTMLElement).append(...this.#heads.map(({ element }) => element));
    this.#filter.addEventListener('input', () => this.#arrange());
    this.#filter.addEventListener('keydown', ({ key }) => this.#onFilterKey(key));
    session.watch(({ recording }) => {
      if (this.#recording !== recording) this.#open(recording);
      this.#show();
    });
  }

  #onFilterKey(key: string): void {
    const [first] = this.#listed;
    if (key === 'Enter' && first) this.#session.change((player) => seek(player, 0, first.number - 1));
    if (key !== 'Escape') return;
    this.#filter.value = '';
    this.#arrange();
    this.#filter.blur();
  }

  #open(recording: Recording): void {
    this.#recording = recording;
    this.#panel.classList.toggle('goalless', !this.#hasSuccess);
    this.#panel.style.setProperty('--digits', String(Math.max(2, String(recording.episodes.length).length)));
    for (const { column, element } of this.#heads) element.hidden = column === 'success' && !this.#hasSuccess;
    const returns = returnsOf(recording);
    this.#all = recording.episodes.map(({ success, steps }, i) => {
      return { number: i + 1, success, steps, return: returns[i] };
    });
    this.#arrange();
  }

  #sort(column: Column): void {
    this.#order = sortBy(this.#order, column);
    this.#arrange();
  }

  #arrange(): void {
    const found = filtered(this.#all, this.#filter.value);
    this.#understood = found !== undefined;
    this.#listed = sorted(found ?? [], this.#order);
    this.#rows = new Map(this.#listed.map(({ number }, i) => [number - 1, i]));
    const [all, isFiltered] = [this.#all.length, this.#filter.value.trim() !== ''];
    const counted = tally({ listed: this.#listed, all, isFiltered, hasSuccess: this.#hasSuccess });
    setText(this.#tally, found ? counted : 'Try a number, 3-8, reached, missed, steps > 10 or return < −0.3');
    for (const { column, element } of this.#heads) {
      const on = column === this.#order.column;
      element.setAttribute('aria-pressed', String(on));
      const arrow = this.#order.descending ? ' ↓' : ' ↑';
      setText(element, on ? columns[column] + arrow : columns[column]);
    }
    this.#show();
  }

  #show(): void {
    const { player, compare, file } = this.#session.state;
    this.#list.show(this.#listed, this.#rows.get(player?.episode ?? -1) ?? -1, compare, file);
  }

  /** Whether the task has a success to reach. */
  get #hasSuccess(): boolean {
    return this.#recording?.header.spec.hasSuccess ?? false;
  }

  #createRow({ number, success, steps, return: total }: Entry): HTMLElement {
    const outcome = html('span', success ? 'outcome reached' : 'outcome', success ? 'reached' : 'missed');
    const element = html(
      'div',
      'episode',
      html('span', 'number', String(number)),
      ...(this.#hasSuccess ? [outcome] : []),
      html('span', 'amount', integer(steps)),
      html('span', 'amount', compact(total)),
      this.#createPin(number - 1),
    );
    element.id = `episode-${number}`;
    element.addEventListener('click', ({ target }) => {
      if (target instanceof Element && target.closest('.pin')) return;
      this.#session.change((player) => seek(player, 0, number - 1));
    });
    return element;
  }

  #createPin(episode: number): HTMLElement {
    const { state } = this.#session;
    const ref = { file: state.file, episode };
    const on = isCompared(state, ref);
    // An option of a list box holds no controls: the pin is for the pointer, and the keyboard has a command of its own.
    const pin = html('span', 'pin', icon(on ? 'unghost' : 'ghost'));
    pin.dataset.pressed = String(on);
    pin.setAttribute('aria-hidden', 'true');
    pin.title = on ? 'Take it out of the comparison' : 'Compare as a ghost (C)';
    pin.addEventListener('click', () => this.#session.update((latest) => toggleCompare(latest, ref)));
    return pin;
  }
}
