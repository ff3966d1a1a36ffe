import type { Trajectory } from '../../envs/types.ts';
import { ghostTime, rest, timingOf } from '../state/compare.ts';
import { clearSelection, seek, select, spanOf, stepOf } from '../state/player.ts';
import { sameItems } from '../state/same.ts';
import type { Session } from '../state/session.ts';
import type { Moment } from '../state/types.ts';
import { html, need, svg, write } from './dom.ts';
import { compact, fixed } from './format.ts';
import { strip, stripHeight, stripWidth } from './strip.ts';
import { ticks } from './ticks.ts';

/** The episode from end to end with its rewards as bars; press or drag anywhere to be there. */
export function timeline(session: Session): void {
  const lane = need('track', HTMLElement);
  const bars = svg('path', { class: 'bars' });
  const viewBox = `0 0 ${stripWidth} ${stripHeight}`;
  const drawing = svg('svg', { viewBox, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  drawing.append(bars);
  const [unplayed, reached, selection, hover, head] = ['rest', 'goal-mark', 'selection', 'hover-line', 'head'].map(
    (part) => html('span', part),
  );
  const [marks, company] = ['', 'company'].map((part) => html('span', part));
  lane.append(drawing, unplayed, reached, selection, hover, company, head, marks);
  let shown: readonly unknown[] = [];
  session.watch((moment) => {
    const { episode, derived, player, step, state } = moment;
    const { from, to } = spanOf(player);
    const share = (at: number) => `${(100 * (at - from)) / (to - from)}%`;
    const parts = [episode, from, to, state.marks, state.align, ...moment.ghosts.map((ghost) => ghost.episode)];
    const isNew = !sameItems(parts, shown);
    if (isNew) {
      shown = parts;
      bars.setAttribute('d', strip(episode.reward));
      drawing.style.left = share(0);
      drawing.style.width = `${(100 * episode.steps) / (to - from)}%`;
      lane.setAttribute('aria-valuemin', String(from));
      lane.setAttribute('aria-valuemax', String(to));
      reached.hidden = derived.reachedAt < 0;
      reached.style.left = share(derived.reachedAt);
      marks.replaceChildren(...markers(moment, share));
      company.replaceChildren(...stretches(moment, share));
      drawRuler(moment);
    }
    head.style.left = unplayed.style.left = share(player.position);
    selection.hidden = player.selection === undefined;
    const chosen = player.selection ?? { from, to: from };
    selection.style.left = share(chosen.from);
    selection.style.width = `${(100 * (chosen.to - chosen.from)) / (to - from)}%`;
    hover.hidden = state.hover === undefined;
    hover.style.left = share(state.hover ?? 0);
    const now = stepOf(player);
    if (lane.getAttribute('aria-valuenow') !== String(now) || isNew) {
      lane.setAttribute('aria-valuenow', String(now));
      lane.setAttribute('aria-valuetext', `step ${step} of ${episode.steps}, ${fixed(now * player.dt, 2)} seconds`);
    }
  });
  scrub(session, lane);
  selectOnRuler(session);
  peek(session);
}

function drawRuler({ player }: Moment): void {
  const ruler = need('ruler', HTMLElement);
  const [from, to] = [spanOf(player).from * player.dt, spanOf(player).to * player.dt];
  const labels = ticks(from, to, 8).map(({ at, text }) => {
    const label = html('span', '', text);
    label.style.left = `${(100 * (at - from)) / (to - from)}%`;
    return label;
  });
  // A label at the very end would stick out.
  ruler.replaceChildren(...labels.filter((_, i) => i === 0 || i < labels.length - 1));
}

function markers({ state, ref }: Moment, share: (at: number) => string): HTMLElement[] {
  const here = state.marks.filter((mark) => mark.file === ref.file && mark.episode === ref.episode);
  return here.map(({ step, label }) => {
    const mark = html('span', 'mark');
    mark.style.left = share(step);
    mark.title = label;
    return mark;
  });
}

/** When each ghost is on its way, as a line in its colour. */
function stretches(moment: Moment, share: (at: number) => string): HTMLElement[] {
  const main = timingOf(moment);
  return moment.ghosts.map((ghost, i) => {
    const own = timingOf(ghost);
    const [from, to] = [0, own.steps].map((t) => ghostTime(t, own, main, moment.state.align === 'success'));
    const line = html('i');
    line.style.left = share(from);
    line.style.width = `calc(${share(to)} - ${share(from)})`;
    line.style.background = `var(--series-${i + 1})`;
    return line;
  });
}

function stepUnder(session: Session, lane: HTMLElement, { clientX }: PointerEvent): number {
  const { left, width } = lane.getBoundingClientRect();
  const { from, to } = session.player ? spanOf(session.player) : { from: 0, to: 0 };
  return Math.min(Math.max(Math.round(from + ((clientX - left) / width) * (to - from)), from), to);
}

function scrub(session: Session, lane: HTMLElement): void {
  const hover = (step?: number) =>
    session.update((state) => (state.hover === step ? state : { ...state, hover: step }));
  const seekTo = (event: PointerEvent) => session.change((player) => seek(player, stepUnder(session, lane, event)));
  lane.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    lane.setPointerCapture(event.pointerId);
    hover();
    seekTo(event);
  });
  lane.addEventListener('pointermove', (event) => {
    if (lane.hasPointerCapture(event.pointerId)) seekTo(event);
    else if (event.pointerType === 'mouse') hover(stepUnder(session, lane, event));
  });
  lane.addEventListener('pointerleave', () => hover());
}

/** Dragging along the ruler selects; pressing it clears the selection. */
function selectOnRuler(session: Session): void {
  const ruler = need('ruler', HTMLElement);
  let from = 0;
  ruler.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    ruler.setPointerCapture(event.pointerId);
    from = stepUnder(session, ruler, event);
    session.change(clearSelection);
  });
  ruler.addEventListener('pointermove', (event) => {
    if (!ruler.hasPointerCapture(event.pointerId)) return;
    const to = stepUnder(session, ruler, event);
    session.change((player) => select(player, from, to));
  });
}

/** What a press would show, over the timeline. */
function peek(session: Session): void {
  const box = need('peek', HTMLElement);
  const parts = [0, 1, 2].map(() => html('span'));
  box.append(...parts);
  session.watch(({ state, episode, derived, player }) => {
    const { hover } = state;
    box.hidden = hover === undefined;
    if (hover === undefined) return;
    const { from, to } = spanOf(player);
    const step = rest(hover, episode);
    const texts = [
      `${fixed(hover * player.dt, 2)} s`,
      `${fixed(100 * derived.distance[step], 1)} cm`,
      saying(hover, episode),
    ];
    for (const [i, part] of parts.entries()) write(part, texts[i]);
    box.style.left = `clamp(90px, ${(100 * (hover - from)) / (to - from)}%, calc(100% - 90px))`;
  });
}

function saying(step: number, { steps, reward }: Trajectory): string {
  if (step < 0) return 'not begun';
  if (step < steps) return `reward ${compact(reward[step])}`;
  return step === steps ? 'last state' : 'over';
}
