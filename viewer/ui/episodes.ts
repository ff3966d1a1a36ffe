import type { Recording } from '../../envs/recording/types.ts';
import { returnsOf } from '../derive/returns.ts';
import { isCompared, toggleCompare } from '../state/compare.ts';
import { seek } from '../state/player.ts';
import { type Column, type Entry, filtered, type Order, sortBy, sorted } from '../state/selection.ts';
import type { Session } from '../state/session.ts';
import type { State } from '../state/types.ts';
import { button, html, need, write } from './dom.ts';
import { compact, whole } from './format.ts';
import { icon } from './icons.ts';

const columns: readonly (readonly [Column, string])[] = [
  ['number', '#'],
  ['success', 'Goal'],
  ['steps', 'Steps'],
  ['return', 'Return'],
];

/** Rows beyond the edges of the list, so that a fast scroll shows no gap. */
const spare = 6;

/** The list of episodes: sorted, filtered, and only the rows in sight in the document. */
export function episodes(session: Session): void {
  const list = new EpisodeList(session);
  const filter = need('filter', HTMLInputElement);
  filter.addEventListener('input', () => list.filter(filter.value));
  filter.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      filter.value = '';
      list.filter('');
      filter.blur();
    } else if (event.key === 'Enter') list.openFirst();
  });
}

class EpisodeList {
  readonly #session: Session;
  readonly #root = need('episodes', HTMLElement);
  readonly #tally = need('tally', HTMLElement);
  readonly #heads: readonly { readonly column: Column; readonly label: string; readonly element: HTMLElement }[];
  #recording?: Recording;
  #all: readonly Entry[] = [];
  #rows: readonly Entry[] = [];
  /** Row of every episode that is listed. */
  #places: ReadonlyMap<number, number> = new Map();
  #order: Order = { column: 'number', descending: false };
  #query = '';
  #drawn = '';
  #current = -1;
  /** What is scrolled to and how much is seen, px: to ask the page for them would have it laid out at every seek. */
  #top = 0;
  #view = 0;
  #scrolls = false;
  readonly #narrow = window.matchMedia('(max-width: 760px)');

  constructor(session: Session) {
    this.#session = session;
    this.#heads = columns.map(([column, label]) => {
      const element = button('', () => this.#sort(column), label);
      return { column, label, element };
    });
    need('columns', HTMLElement).append(...this.#heads.map(({ element }) => element));
    this.#root.addEventListener('scroll', () => {
      this.#top = this.#root.scrollTop;
      this.#draw();
      this.#choose();
    });
    new ResizeObserver(() => {
      const isFirst = this.#view === 0;
      this.#view = this.#root.clientHeight;
      if (isFirst) this.#keepInSight();
      this.#draw();
      this.#choose();
    }).observe(this.#root);
    session.watch(({ recording, player }) => {
      if (this.#recording !== recording) this.#open(recording);
      if (this.#current !== player.episode) {
        this.#current = player.episode;
        this.#keepInSight();
      }
      if (!this.#scrolls) this.#draw();
      this.#choose();
    });
  }

  filter(query: string): void {
    this.#query = query;
    this.#arrange();
  }

  openFirst(): void {
    const [first] = this.#rows;
    if (first) this.#session.change((player) => seek(player, 0, first.number - 1));
  }

  #open(recording: Recording): void {
    this.#recording = recording;
    const returns = returnsOf(recording);
    this.#all = recording.episodes.map(({ success, steps }, i) => ({
      number: i + 1,
      success,
      steps,
      return: returns[i],
    }));
    this.#current = -1;
    this.#arrange();
  }

  #sort(column: Column): void {
    this.#order = sortBy(this.#order, column);
    this.#arrange();
  }

  #arrange(): void {
    const found = filtered(this.#all, this.#query);
    this.#rows = sorted(found ?? [], this.#order);
    this.#places = new Map(this.#rows.map(({ number }, i) => [number - 1, i]));
    const reached = this.#rows.filter(({ success }) => success).length;
    const counted = this.#judged
      ? `${whole(reached)} of ${whole(this.#rows.length)} reached the goal`
      : `${whole(this.#rows.length)} episodes; the task has no success`;
    write(this.#tally, found ? counted : 'Try a number, 3-8, reached, missed, steps > 10 or return < −0.3');
    for (const { column, label, element } of this.#heads) {
      const on = column === this.#order.column;
      element.setAttribute('aria-pressed', String(on));
      write(element, on ? `${label} ${this.#order.descending ? '↓' : '↑'}` : label);
    }
    this.#drawn = '';
    this.#keepInSight();
    this.#draw();
    this.#choose();
  }

  /** Whether the task has a success to reach. */
  get #judged(): boolean {
    return (this.#recording?.header.scene.goalRadius ?? 0) > 0;
  }

  get #height(): number {
    return this.#narrow.matches ? 40 : 28;
  }

  #keepInSight(): void {
    const at = this.#places.get(this.#current);
    if (at === undefined || this.#view === 0) return;
    const top = at * this.#height + 4;
    const bottom = top + this.#height;
    if (top < this.#top) this.#scrollTo(top - 4);
    else if (bottom > this.#top + this.#view) this.#scrollTo(bottom - this.#view + 4);
  }

  /** Follows after the frame, when the page is laid out anyway: the arm in view does not wait for the list. */
  #scrollTo(top: number): void {
    this.#top = top;
    if (this.#scrolls) return;
    this.#scrolls = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#scrolls = false;
        this.#draw();
        this.#choose();
        this.#root.scrollTop = this.#top;
      }),
    );
  }

  /** Marks the row of the episode that plays. */
  #choose(): void {
    const id = `episode-${this.#current + 1}`;
    for (const row of this.#root.children) {
      const chosen = String(row.id === id);
      if (row.role === 'option' && row.ariaSelected !== chosen) row.ariaSelected = chosen;
      if (row.id === id) this.#root.setAttribute('aria-activedescendant', id);
    }
  }

  #draw(): void {
    const { state } = this.#session;
    const from = Math.max(0, Math.floor(this.#top / this.#height) - spare);
    const to = Math.ceil((this.#top + this.#view) / this.#height) + spare;
    const key = JSON.stringify([from, to, this.#height, state.compare, state.file]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const rows = this.#rows.slice(from, to).map((entry, i) => this.#row(entry, from + i, state));
    const tail = html('div');
    tail.style.height = `${this.#rows.length * this.#height + 8}px`;
    this.#root.replaceChildren(...rows, this.#rows.length > 0 ? tail : html('p', 'none', 'No such episode'));
  }

  #row(entry: Entry, i: number, state: State): HTMLElement {
    const { number, success, steps } = entry;
    const element = html(
      'div',
      'episode',
      html('span', 'number', String(number)),
      this.#judged
        ? html('span', success ? 'outcome reached' : 'outcome', success ? 'reached' : 'missed')
        : html('span', 'quiet', '–'),
      html('span', '', whole(steps)),
      html('span', '', compact(entry.return)),
      this.#pin(number - 1, state),
    );
    element.style.top = `${i * this.#height + 4}px`;
    element.id = `episode-${number}`;
    element.setAttribute('role', 'option');
    element.setAttribute('aria-selected', 'false');
    element.setAttribute('aria-posinset', String(i + 1));
    element.setAttribute('aria-setsize', String(this.#rows.length));
    element.addEventListener('click', ({ target }) => {
      if (target instanceof Element && target.closest('.pin')) return;
      this.#session.change((player) => seek(player, 0, number - 1));
    });
    return element;
  }

  #pin(episode: number, state: State): HTMLElement {
    const ref = { file: state.file, episode };
    const on = isCompared(state, ref);
    // An option of a list box holds no controls: this is for the pointer, and the keyboard has an action of its own.
    const pin = html('span', 'pin', icon(on ? 'unghost' : 'ghost'));
    pin.dataset.pressed = String(on);
    pin.setAttribute('aria-hidden', 'true');
    pin.title = on ? 'Take it out of the comparison' : 'Compare as a ghost (C)';
    pin.addEventListener('click', () => this.#session.update((s) => toggleCompare(s, ref)));
    return pin;
  }
}
