import type { App } from '../commands/command.ts';
import { changeDetector } from '../derive/memo.ts';
import { byId, html, svg } from '../dom/elements.ts';
import { fixed } from '../dom/format.ts';
import { ghostTime, timingOf } from '../state/compare.ts';
import { type Span, spanOf, stepOf } from '../state/player.ts';
import type { Moment } from '../state/state.ts';
import { barsHeight, barsPath, barsWidth, ticks } from './timeline-drawing.ts';
import { peek, scrub, selectOnRuler } from './timeline-pointer.ts';

/** The episode from end to end with its rewards as bars, its goal, its ghosts and its marks, and a head that moves along. */
export function timeline({ root, session }: App): void {
  const lane = byId(root, 'track', HTMLElement);
  const ruler = byId(root, 'ruler', HTMLElement);
  const bars = svg('path', { class: 'bars' });
  const viewBox = `0 0 ${barsWidth} ${barsHeight}`;
  const drawing = svg('svg', { viewBox, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  drawing.append(bars);
  const names = ['rest', 'goal-mark', 'selection', 'hover-line', 'ghosts', 'head'];
  const [unplayed, goal, selection, hover, ghosts, head] = names.map((name) => html('span', name));
  const marks = html('span');
  lane.append(drawing, unplayed, goal, selection, hover, ghosts, head, marks);
  const isNew = changeDetector();
  const drawEpisode = (moment: Moment, span: Span) => {
    const { episode, derived } = moment;
    bars.setAttribute('d', barsPath(episode.reward));
    cover(drawing, span, 0, episode.steps);
    lane.setAttribute('aria-valuemin', String(span.from));
    lane.setAttribute('aria-valuemax', String(span.to));
    goal.hidden = derived.reachedAt < 0;
    goal.style.left = share(span, derived.reachedAt);
    marks.replaceChildren(...markElements(moment, span));
    ghosts.replaceChildren(...ghostLines(moment, span));
    drawRuler(ruler, span, moment.player.dt);
  };
  session.watch((moment) => {
    const { episode, player, step, state } = moment;
    const span = spanOf(player);
    const compared = moment.ghosts.map((ghost) => ghost.episode);
    const changed = isNew(episode, span.from, span.to, state.marks, state.align, ...compared);
    if (changed) drawEpisode(moment, span);
    head.style.left = unplayed.style.left = share(span, player.position);
    selection.hidden = player.selection === undefined;
    if (player.selection) cover(selection, span, player.selection.from, player.selection.to);
    hover.hidden = state.hover === undefined;
    hover.style.left = share(span, state.hover ?? 0);
    const now = stepOf(player);
    if (lane.getAttribute('aria-valuenow') !== String(now) || changed) {
      lane.setAttribute('aria-valuenow', String(now));
      lane.setAttribute('aria-valuetext', `step ${step} of ${episode.steps}, ${fixed(now * player.dt, 2)} seconds`);
    }
  });
  scrub(session, lane);
  selectOnRuler(session, ruler);
  peek(session, byId(root, 'peek', HTMLElement));
}

/** Where a control step is along the lane, in CSS. */
function share({ from, to }: Span, at: number): string {
  return `${(100 * (at - from)) / (to - from)}%`;
}

/** Lays an element over a stretch of the lane. */
function cover({ style }: HTMLElement | SVGElement, span: Span, from: number, to: number): void {
  style.left = share(span, from);
  style.width = `${(100 * (to - from)) / (span.to - span.from)}%`;
}

function drawRuler(ruler: HTMLElement, { from, to }: Span, dt: number): void {
  const labels = ticks(from * dt, to * dt, 8).map(({ at, text }) => {
    const label = html('span', '', text);
    label.style.left = `${(100 * (at - from * dt)) / (to * dt - from * dt)}%`;
    return label;
  });
  // A label at the very end would stick out.
  ruler.replaceChildren(...labels.filter((_, i) => i === 0 || i < labels.length - 1));
}

function markElements({ state, ref }: Moment, span: Span): HTMLElement[] {
  const here = state.marks.filter((mark) => mark.file === ref.file && mark.episode === ref.episode);
  return here.map(({ step, label }) => {
    const mark = html('span', 'mark');
    mark.style.left = share(span, step);
    mark.title = label;
    return mark;
  });
}

/** From each ghost's start to its end, a line in its colour. */
function ghostLines(moment: Moment, span: Span): HTMLElement[] {
  const main = timingOf(moment);
  return moment.ghosts.map((ghost, i) => {
    const own = timingOf(ghost);
    const [from, to] = [0, own.steps].map((t) => ghostTime(t, own, main, moment.state.align === 'success'));
    const line = html('i');
    cover(line, span, from, to);
    line.style.background = `var(--series-${i + 1})`;
    return line;
  });
}
