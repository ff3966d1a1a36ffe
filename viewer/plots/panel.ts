import { changeDetector } from '../derive/memo.ts';
import { button, html, setText } from '../dom/elements.ts';
import { compact } from '../dom/format.ts';
import { seek, spanOf, stepOf } from '../state/player.ts';
import type { Session } from '../state/session.ts';
import type { Moment } from '../state/state.ts';
import { Chart } from './chart.ts';
import { linesOf, type PlotLines } from './lines.ts';
import type { Plot } from './plot.ts';
import { type ChartColors, chartColors, swatch } from './style.ts';

interface PlotPanel {
  /** Of the viewer, which has its theme as an attribute. */
  readonly root: HTMLElement;
  readonly session: Session;
  readonly plots: readonly Plot[];
  readonly closed: AbortSignal;
  readonly frames: { along?: () => void; request(): void };
}

/** Drawing an episode of more steps gives way to what else there is to do after so many ms; a shorter one is drawn at once. */
const [long, patience] = [1000, 30];

/** Letters of names that there is room for beside a title, with their numbers. */
const room = 24;

/** All plots on one clock; the axis of time is at the bottom. */
export function plotPanel(list: HTMLElement, { root, session, plots, closed, frames }: PlotPanel): void {
  const cards = plots.map((plot, i) => new Card(plot, session, i === plots.length - 1));
  list.append(...cards.map(({ element }) => element));
  let colors = chartColors(root);
  let shown: unknown;
  /** The cards that are still to be brought up to date, and whether the rest of them will be by itself. */
  const pending = new Set<Card>();
  let waits = false;
  const unseen = watchSight(
    cards.map(({ element }) => element),
    closed,
  );
  const draw = (now: Iterable<Card>) => {
    const begun = performance.now();
    for (const card of now) {
      const moment = session.moment();
      if (!moment || closed.aborted) return;
      pending.delete(card);
      shown = moment.episode;
      card.show(moment, colors);
      const isLong = spanOf(moment.player).to > long;
      if (pending.size && isLong && performance.now() - begun > patience) return drawLater();
    }
  };
  const drawLater = () => {
    // What is not drawn yet shows nothing: it would be of another episode than the scene.
    for (const card of pending) card.blank();
    if (waits) return;
    waits = true;
    setTimeout(() => {
      waits = false;
      draw(pending);
    });
  };
  const update = () => {
    for (const card of cards) pending.add(card);
    // Another episode takes its time. What is in sight of it is drawn in the frame in which its arm appears, the rest after that.
    if (session.moment()?.episode === shown && !waits) draw(pending);
    else frames.request();
  };
  frames.along = () => {
    if (!waits) draw([...pending].filter(({ element }) => !unseen.has(element)));
    if (pending.size) drawLater();
  };
  new MutationObserver(() => {
    colors = chartColors(root);
    update();
  }).observe(root, { attributeFilter: ['data-theme'] });
  session.watch(update);
  closed.addEventListener('abort', () => {
    for (const card of cards) card.close();
  });
  for (const card of cards) pending.add(card);
  draw(pending);
}

/** Those elements that are scrolled away, kept up to date; all count as seen until the page says otherwise. */
function watchSight(elements: readonly HTMLElement[], closed: AbortSignal): ReadonlySet<Element> {
  const unseen = new Set<Element>();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) unseen.delete(target);
      else unseen.add(target);
    }
  });
  for (const element of elements) observer.observe(element);
  closed.addEventListener('abort', () => observer.disconnect());
  return unseen;
}

/** A plot with its title, its numbers at the moment in view, and a button for each series that isolates it. */
class Card {
  readonly element = html('section', 'plot');
  readonly #plot: Plot;
  /** Whether the axis of time is drawn. */
  readonly #timed: boolean;
  readonly #chart: Chart;
  readonly #output = html('output');
  readonly #chips = html('div', 'series');
  readonly #figure = html('div', 'figure');
  readonly #isNew = changeDetector();
  #isolated?: string;
  #drawing?: PlotLines;
  #last?: [Moment, ChartColors];

  constructor(plot: Plot, session: Session, timed: boolean) {
    this.#plot = plot;
    this.#timed = timed;
    const title = html('h2', '', plot.title, html('span', '', plot.unit ?? ''));
    title.id = `plot-${plot.name}`;
    this.element.setAttribute('aria-labelledby', title.id);
    this.element.append(html('header', '', title, this.#output), this.#chips, this.#figure);
    this.#chart = new Chart(
      this.#figure,
      (step, pressed) => {
        session.hover(step);
        if (pressed) session.change((player) => seek(player, step));
      },
      () => session.hover(),
    );
  }

  show(moment: Moment, colors: ChartColors): void {
    this.#last = [moment, colors];
    this.element.classList.remove('blank');
    const { episode, ghosts, state, player } = moment;
    const { from, to } = spanOf(player);
    const compared = ghosts.map((ghost) => ghost.episode);
    if (this.#isNew(episode, colors, this.#isolated, state.align, from, to, ...compared)) this.#draw(moment, colors);
    if (!this.#drawing || this.element.hidden) return;
    this.#chart.mark(player.position, state.hover);
    setText(this.#output, this.#values(this.#drawing, (state.hover ?? stepOf(player)) - from));
  }

  #draw(moment: Moment, colors: ChartColors): void {
    const drawing = linesOf(this.#plot, moment, this.#isolated);
    this.#drawing = drawing;
    this.element.hidden = drawing.lines.length === 0;
    if (this.element.hidden) return;
    this.#figure.classList.toggle('last', this.#timed);
    this.#figure.setAttribute('role', 'img');
    this.#figure.setAttribute('aria-label', `${this.#plot.title} over time`);
    this.#drawChips(drawing, colors);
    this.#chart.draw({ drawing, span: spanOf(moment.player), dt: moment.player.dt, colors, timed: this.#timed });
  }

  /** The numbers at an index into the rows: of the episode that plays, or of each ghost by its letter. */
  #values({ lines }: PlotLines, at: number): string {
    const compares = this.#plot.comparison !== undefined;
    const shown = lines.filter(({ ghost }) => ghost === compares);
    const names = shown.map(({ name }) => name).join('');
    if (this.#plot.stacked && shown.length > 1 && names.length > room) {
      return `in all ${compact(shown.reduce((sum, { row, base }) => sum + row[at] - (base?.[at] ?? 0), 0))}`;
    }
    if (shown.length > 3) return '';
    return shown
      .map(({ name, row, base }) => {
        const value = compact(row[at] - (base?.[at] ?? 0));
        return shown.length === 1 && !compares ? value : `${compares ? name[0] : name} ${value}`;
      })
      .join(' \u2002 ');
  }

  #drawChips({ names, lines }: PlotLines, colors: ChartColors): void {
    this.#chips.hidden = names.length < 2;
    const ghosts = lines.some(({ ghost }) => ghost) && this.#plot.comparison !== undefined;
    const chips = names.map((name, i) => {
      const chip = button('', () => this.#isolate(name), swatch(i, ghosts, colors), name);
      chip.setAttribute('aria-pressed', String(this.#isolated === name));
      chip.title = this.#isolated === name ? 'Show all again' : `Show ${name} alone`;
      return chip;
    });
    const focused = [...this.#chips.children].findIndex((chip) => chip.matches(':focus'));
    this.#chips.replaceChildren(...chips);
    if (focused >= 0) chips[focused]?.focus();
  }

  /** Shows nothing until the next moment. */
  blank(): void {
    this.element.classList.add('blank');
  }

  close(): void {
    this.#chart.close();
  }

  #isolate(name: string): void {
    this.#isolated = this.#isolated === name ? undefined : name;
    if (this.#last) this.show(...this.#last);
  }
}
