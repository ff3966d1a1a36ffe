import { changeDetector } from '../derive/memo.ts';
import { html } from '../dom/elements.ts';

/** Rows beyond the edges of the list, so that a fast scroll shows no gap. */
const spare = 6;
/** Above the first row and below the last, px. */
const padding = 4;

interface ListOptions<T> {
  /** A list box; its rows are options. */
  readonly root: HTMLElement;
  /** Px; asked for when the list has another size. */
  rowHeight(): number;
  createRow(item: T): HTMLElement;
  /** Shown where there are no items. */
  none(): string;
}

/** A scrolled list of which only the rows in sight are in the document. */
export class VirtualList<T> {
  readonly #options: ListOptions<T>;
  #items: readonly T[] = [];
  #current = -1;
  #context: readonly unknown[] = [];
  readonly #isMoved = changeDetector();
  readonly #isNew = changeDetector();
  #first = 0;
  /** What is scrolled to and how much is seen, px: to ask the page for them would have it laid out at every seek. */
  #top = 0;
  #view = 0;
  #rowHeight = 0;
  #scrolls = false;

  constructor(options: ListOptions<T>) {
    this.#options = options;
    const { root, rowHeight } = options;
    this.#rowHeight = rowHeight();
    root.addEventListener('scroll', () => {
      this.#top = root.scrollTop;
      this.#draw();
    });
    new ResizeObserver(() => {
      const isFirst = this.#view === 0;
      this.#view = root.clientHeight;
      this.#rowHeight = rowHeight();
      if (isFirst) this.#keepInSight();
      this.#draw();
    }).observe(root);
  }

  /**
   * @param current index of the selected item; -1 for none
   * @param context what rows depend on besides their items
   */
  show(items: readonly T[], current: number, ...context: readonly unknown[]): void {
    const isOther = items !== this.#items;
    this.#items = items;
    this.#current = current;
    this.#context = context;
    if (this.#isMoved(items, current)) this.#keepInSight();
    if (isOther || !this.#scrolls) this.#draw();
    else this.#select();
  }

  scrollToTop(): void {
    this.#scrollTo(0);
  }

  #keepInSight(): void {
    if (this.#current < 0 || this.#view === 0) return;
    const height = this.#rowHeight;
    const top = this.#current * height + padding;
    const bottom = top + height;
    if (top < this.#top) this.#scrollTo(top - padding);
    else if (bottom > this.#top + this.#view) this.#scrollTo(bottom - this.#view + padding);
  }

  /** Scrolls after the frame, when the page is laid out anyway: the scene does not wait for the list. */
  #scrollTo(top: number): void {
    this.#top = top;
    if (this.#scrolls) return;
    this.#scrolls = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#scrolls = false;
        this.#draw();
        this.#options.root.scrollTop = this.#top;
      }),
    );
  }

  #draw(): void {
    const { root, createRow, none } = this.#options;
    const height = this.#rowHeight;
    const from = Math.max(0, Math.floor(this.#top / height) - spare);
    const to = Math.ceil((this.#top + this.#view) / height) + spare;
    if (this.#isNew(from, to, height, this.#items, ...this.#context)) {
      this.#first = from;
      const rows = this.#items.slice(from, to).map(createRow);
      for (const [i, row] of rows.entries()) {
        row.style.top = `${(from + i) * height + padding}px`;
        row.setAttribute('role', 'option');
        row.setAttribute('aria-selected', 'false');
        row.setAttribute('aria-posinset', String(from + i + 1));
        row.setAttribute('aria-setsize', String(this.#items.length));
      }
      const tail = html('div');
      tail.style.height = `${this.#items.length * height + 2 * padding}px`;
      root.replaceChildren(...rows, this.#items.length > 0 ? tail : html('p', 'none', none()));
    }
    this.#select();
  }

  #select(): void {
    const { root } = this.#options;
    for (const [i, row] of [...root.children].entries()) {
      if (row.role !== 'option') continue;
      const selected = String(this.#first + i === this.#current);
      if (row.ariaSelected !== selected) row.ariaSelected = selected;
      if (selected === 'true') root.setAttribute('aria-activedescendant', row.id);
    }
  }
}
