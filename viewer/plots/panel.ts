import { seek, spanOf, stepOf } from '../state/player.ts';
import { sameItems } from '../state/same.ts';
import type { Session } from '../state/session.ts';
import type { Moment } from '../state/types.ts';
import { button, html, need, svg, write } from '../ui/dom.ts';
import { compact } from '../ui/format.ts';
import { Chart } from './chart.ts';
import { plots } from './index.ts';
import { type Drawing, drawingOf } from './lines.ts';
import { dashes, type Looks, looks } from './looks.ts';
import type { Plot } from './types.ts';

/** All plots, one under the other on one clock. */
export function plotPanel(session: Session): void {
  const root = need('plots', HTMLElement);
  const cards = plots.map((plot) => new Card(plot, session));
  root.append(...cards.map(({ element }) => element));
  let colors = looks();
  let shown: unknown;
  let waits = false;
  const redraw = () => {
    const moment = session.moment();
    if (!moment) return;
    shown = moment.episode;
    for (const [i, card] of cards.entries()) card.show(moment, colors, i === cards.length - 1);
  };
  new MutationObserver(() => {
    colors = looks();
    redraw();
  }).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  // Another episode is drawn after the frame in which its arm appears: a long one takes its time.
  const later = () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        waits = false;
        redraw();
      }),
    );
  };
  session.watch(({ episode }) => (episode === shown ? redraw() : later()));
  redraw();
}

class Card {
  readonly element = html('section', 'plot');
  readonly #plot: Plot;
  readonly #chart: Chart;
  readonly #output = html('output');
  readonly #chips = html('div', 'series');
  readonly #figure = html('div', 'figure');
  #isolated?: string;
  #drawn: readonly unknown[] = [];
  #drawing?: Drawing;
  #last?: [Moment, Looks, boolean];

  constructor(plot: Plot, session: Session) {
    this.#plot = plot;
    const title = html('h2', '', plot.title, html('span', '', plot.unit));
    title.id = `plot-${plot.name}`;
    this.element.setAttribute('aria-labelledby', title.id);
    this.element.append(html('header', '', title, this.#output), this.#chips, this.#figure);
    const hover = (step?: number) =>
      session.update((state) => (state.hover === step ? state : { ...state, hover: step }));
    this.#chart = new Chart(
      this.#figure,
      (step, pressed) => {
        hover(step);
        if (pressed) session.change((player) => seek(player, step));
      },
      () => hover(),
    );
  }

  show(moment: Moment, colors: Looks, last: boolean): void {
    this.#last = [moment, colors, last];
    const { episode, ghosts, state } = moment;
    const { from, to } = spanOf(moment.player);
    const parts = [
      episode,
      colors,
      this.#isolated,
      last,
      state.align,
      from,
      to,
      ...ghosts.map((ghost) => ghost.episode),
    ];
    if (!sameItems(parts, this.#drawn)) {
      this.#drawn = parts;
      this.#draw(moment, colors, last);
    }
    this.#mark();
  }

  #draw(moment: Moment, colors: Looks, timed: boolean): void {
    const drawing = drawingOf(this.#plot, moment, this.#isolated);
    this.#drawing = drawing;
    this.element.hidden = drawing.lines.length === 0;
    if (this.element.hidden) return;
    this.#figure.classList.toggle('last', timed);
    this.#figure.setAttribute('role', 'img');
    this.#figure.setAttribute('aria-label', `${this.#plot.title} over time`);
    this.#drawChips(drawing, colors);
    this.#chart.draw({ drawing, span: spanOf(moment.player), dt: moment.player.dt, looks: colors, timed });
  }

  #mark(): void {
    if (!this.#last || !this.#drawing || this.element.hidden) return;
    const [{ player, state }] = this.#last;
    this.#chart.mark(player.position, state.hover);
    write(this.#output, this.#values(this.#drawing, (state.hover ?? stepOf(player)) - spanOf(player).from));
  }

  /** The numbers in a column of the rows: of the episode that plays, or of each ghost by its letter. */
  #values({ lines }: Drawing, at: number): string {
    const apart = this.#plot.comparison !== undefined;
    const told = lines.filter(({ ghost }) => ghost === apart);
    if (told.length > 3) return '';
    return told
      .map(({ name, row, base }) => {
        const value = compact(row[at] - (base?.[at] ?? 0));
        return told.length === 1 && !apart ? value : `${apart ? name[0] : name} ${value}`;
      })
      .join(' \u2002 ');
  }

  #drawChips({ names, lines }: Drawing, colors: Looks): void {
    this.#chips.hidden = names.length < 2;
    const ghostly = lines.some(({ ghost }) => ghost) && this.#plot.comparison !== undefined;
    const chips = names.map((name, look) => {
      const chip = button('', () => this.#isolate(name), swatch(look, ghostly, colors), name);
      chip.setAttribute('aria-pressed', String(this.#isolated === name));
      chip.title = this.#isolated === name ? 'Show all again' : `Show ${name} alone`;
      return chip;
    });
    const focused = [...this.#chips.children].indexOf(document.activeElement as Element);
    this.#chips.replaceChildren(...chips);
    if (focused >= 0) chips[focused]?.focus();
  }

  #isolate(name: string): void {
    this.#isolated = this.#isolated === name ? undefined : name;
    if (this.#last) this.show(...this.#last);
  }
}

function swatch(look: number, ghost: boolean, colors: Looks): SVGElement {
  const dash = dashes[ghost ? 1 + (look % 4) : look % dashes.length].join(' ');
  const element = svg('svg', { viewBox: '0 0 16 8', 'aria-hidden': 'true' });
  element.append(
    svg('path', { d: 'M0 4h16', stroke: colors.series[look % colors.series.length], 'stroke-dasharray': dash }),
  );
  return element;
}
