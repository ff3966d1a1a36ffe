import type { Recording } from '../../envs/recording/header.ts';
import type { App } from '../commands/command.ts';
import { returnsOf } from '../derive/episode.ts';
import { button, byId, html, icon, setText } from '../dom/elements.ts';
import { compact, integer } from '../dom/format.ts';
import { hasSameGoal, isCompared, toggleCompare } from '../state/compare.ts';
import { seek } from '../state/player.ts';
import type { Session } from '../state/session.ts';
import type { State } from '../state/state.ts';
import { type Column, type Entry, filtered, type Order, pairTally, sortBy, sorted, tally } from './episode-filter.ts';
import { VirtualList } from './virtual-list.ts';

const columns: Readonly<Partial<Record<Column, string>>> = {
  number: '#',
  success: 'Goal',
  steps: 'Steps',
  return: 'Return',
};

/** Where a task has no success to reach, there is no column for it. */
function columnsOf(hasSuccess: boolean): typeof columns {
  const { success, ...others } = columns;
  return hasSuccess ? columns : others;
}

/** Beside a second policy: what both made of an episode, and by how much the second's return is higher. */
function pairColumns([own, other]: Names): Readonly<Partial<Record<Column, string>>> {
  return { number: '#', return: own, other, difference: 'Diff.' };
}

/** What the two policies are called in the list. */
type Names = readonly [own: string, other: string];

/** Letters of a name at most: there is room for no more. */
const longestName = 9;

/** Their runs, or else their algorithms, where these are short and tell them apart. */
function namesOf({ files, file, beside }: State): Names {
  const both = [file, beside].map((id) => files.find((one) => one.id === id));
  const runs = both.map((one) => one?.name.split('/')[0] ?? '');
  const kinds = both.map((one) => one?.recording?.header.policy.kind ?? '');
  const isClear = ([own, other]: readonly string[]) =>
    own !== other && [own, other].every(({ length }) => length > 0 && length <= longestName);
  const [own, other] = [runs, kinds].find(isClear) ?? ['This', 'A'];
  return [own, other];
}

/** The list of episodes, sorted and filtered. */
export class EpisodeList {
  readonly #session: Session;
  readonly #list: VirtualList<Entry>;
  readonly #filter: HTMLInputElement;
  readonly #tally: HTMLElement;
  readonly #root: HTMLElement;
  readonly #panel: HTMLElement;
  readonly #heads: HTMLElement;
  #columns = columns;
  #recording?: Recording;
  /** Of the second policy. */
  #second?: Recording;
  #names: Names = ['This', 'A'];
  #all: readonly Entry[] = [];
  #listed: readonly Entry[] = [];
  /** Row of every episode that is listed. */
  #rows: ReadonlyMap<number, number> = new Map();
  /** Whether what is asked for makes sense. */
  #understood = true;
  #order: Order = { column: 'number', descending: false };

  constructor({ root, session }: App) {
    this.#session = session;
    this.#root = root;
    this.#heads = byId(root, 'columns', HTMLElement);
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
    this.#filter.addEventListener('input', () => this.#arrange());
    byId(root, 'worst', HTMLElement).addEventListener('click', () => this.#showWorst());
    this.#filter.addEventListener('keydown', ({ key }) => this.#onFilterKey(key));
    session.watch(({ recording, state }) => {
      const second = state.files.find(({ id }) => id === state.beside)?.recording;
      if (this.#recording !== recording || this.#second !== second) this.#open(recording, second, namesOf(state));
      this.#show();
    });
  }

  #onFilterKey(key: string): void {
    if (key === 'Enter') this.#showFirst();
    if (key !== 'Escape') return;
    this.#filter.value = '';
    this.#arrange();
    this.#filter.blur();
  }

  #open(recording: Recording, second: Recording | undefined, names: Names): void {
    const isPair = second !== undefined;
    // Those pairs come first in which the second policy is most ahead.
    if (isPair !== (this.#second !== undefined))
      this.#order = isPair ? { column: 'difference', descending: true } : { column: 'number', descending: false };
    this.#recording = recording;
    this.#second = second;
    this.#names = names;
    this.#columns = isPair ? pairColumns(names) : columnsOf(this.#hasSuccess);
    this.#root.toggleAttribute('data-pairs', isPair);
    this.#panel.classList.toggle('goalless', !this.#hasSuccess);
    this.#panel.style.setProperty('--digits', String(Math.max(2, String(recording.episodes.length).length)));
    const own = returnsOf(recording);
    const others = second && returnsOf(second);
    this.#all = recording.episodes.map((episode, i) => {
      const entry = { number: i + 1, success: episode.success, steps: episode.steps, return: own[i] };
      const other = second?.episodes[i];
      if (!others || !other) return entry;
      // Of two goals a difference would say nothing.
      const isPair = hasSameGoal({ recording, episode }, { recording: second, episode: other });
      const difference = isPair ? others[i] - own[i] : undefined;
      return { ...entry, other: others[i], otherSuccess: other.success, difference };
    });
    this.#arrange();
    if (isPair) this.#list.scrollToTop();
  }

  #sort(column: Column): void {
    this.#orderBy(sortBy(this.#order, column));
  }

  #orderBy(order: Order): void {
    this.#order = order;
    this.#arrange();
    this.#list.scrollToTop();
  }

  #showWorst(): void {
    this.#orderBy({ column: 'return', descending: false });
    this.#showFirst();
  }

  /** The first that is listed. */
  #showFirst(): void {
    const [first] = this.#listed;
    if (first) this.#session.change((player) => seek(player, 0, first.number - 1));
  }

  #arrange(): void {
    const found = filtered(this.#all, this.#filter.value);
    this.#understood = found !== undefined;
    this.#listed = sorted(found ?? [], this.#order);
    this.#rows = new Map(this.#listed.map(({ number }, i) => [number - 1, i]));
    const [all, isFiltered] = [this.#all.length, this.#filter.value.trim() !== ''];
    const counted = this.#second
      ? pairTally({ listed: this.#listed, names: this.#names, hasSuccess: this.#hasSuccess })
      : tally({ listed: this.#listed, all, isFiltered, hasSuccess: this.#hasSuccess });
    setText(
      this.#tally,
      found
        ? counted
        : `Try a number, 3-8, reached, missed, steps > 10 or ${this.#second ? 'difference > 0' : 'return < −0.3'}`,
    );
    this.#showHeads();
    this.#show();
    // Later: what is in view may be on its way to all that show it.
    queueMicrotask(() => this.#follow());
  }

  /** Has episodes follow one another as they are listed. */
  #follow(): void {
    const order = this.#listed.map(({ number }) => number - 1);
    const isUsual = order.length === this.#all.length && order.every((episode, i) => episode === i);
    this.#session.change((player) =>
      isUsual && !player.order ? player : { ...player, order: isUsual ? undefined : order },
    );
  }

  #showHeads(): void {
    const { column: by, descending } = this.#order;
    const names = Object.entries(this.#columns) as [Column, string][];
    if (this.#heads.dataset.of !== String(names)) {
      this.#heads.dataset.of = String(names);
      this.#heads.replaceChildren(...names.map(([column]) => button('', () => this.#sort(column))));
    }
    for (const [i, element] of [...this.#heads.children].entries()) {
      const [column, name] = names[i];
      element.setAttribute('aria-pressed', String(column === by));
      setText(element, column === by ? `${name} ${descending ? '↓' : '↑'}` : name);
    }
  }

  #show(): void {
    const { player, compare, file, verdicts } = this.#session.state;
    this.#list.show(this.#listed, this.#rows.get(player?.episode ?? -1) ?? -1, compare, file, verdicts);
  }

  /** Whether the task has a success to reach. */
  get #hasSuccess(): boolean {
    return this.#recording?.header.spec.hasSuccess ?? false;
  }

  #createRow(entry: Entry): HTMLElement {
    const { number } = entry;
    const cells = this.#second ? this.#pairCells(entry) : this.#cells(entry);
    const name = html('span', 'number', String(number));
    const element = html('div', 'episode', name, ...cells);
    const verdict = this.#session.state.verdicts.get(number - 1);
    // Beside the number there is room in a list of pairs, where a verdict is not of both returns.
    if (verdict !== undefined) (this.#second ? name : cells[0]).append(verdictBadge(verdict));
    element.id = `episode-${number}`;
    element.addEventListener('click', ({ target }) => {
      if (target instanceof Element && target.closest('.pin')) return;
      this.#session.change((player) => seek(player, 0, number - 1));
    });
    return element;
  }

  #cells({ number, success, steps, return: total }: Entry): HTMLElement[] {
    const outcome = html('span', success ? 'outcome reached' : 'outcome', success ? 'reached' : 'missed');
    return [
      ...(this.#hasSuccess ? [outcome] : []),
      html('span', 'amount', integer(steps)),
      html('span', 'amount', compact(total)),
      this.#createPin(number - 1),
    ];
  }

  /** Both returns, each with whether the goal was reached, and their difference. */
  #pairCells({ success, return: total, other, otherSuccess = false, difference }: Entry): HTMLElement[] {
    const cell = (value: number, reached: boolean) => {
      if (!this.#hasSuccess) return html('span', '', compact(value));
      const word = html('span', 'hidden', reached ? 'reached' : 'missed');
      const element = html('span', reached ? 'outcome reached' : 'outcome', compact(value), word);
      element.title = reached ? 'reached the goal' : 'missed the goal';
      return element;
    };
    const nothing = () => html('span', 'quiet', '–');
    if (other === undefined) return [cell(total, success), nothing(), nothing()];
    if (difference === undefined) return [cell(total, success), cell(other, otherSuccess), nothing()];
    const sign = html('span', difference > 0 ? 'ahead' : '', `${difference > 0 ? '+' : ''}${compact(difference)}`);
    return [cell(total, success), cell(other, otherSuccess), sign];
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

/** What came of simulating an episode again. */
function verdictBadge(isGenuine: boolean): HTMLElement {
  const words = isGenuine ? 'genuine' : 'differs';
  const badge = html('span', isGenuine ? 'verdict' : 'verdict bad', icon(isGenuine ? 'verify' : 'differs'));
  badge.append(html('span', 'hidden', words));
  badge.title = isGenuine ? 'Genuine: simulated again, it had the same bits' : 'Differs from what was simulated again';
  return badge;
}
