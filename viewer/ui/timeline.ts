import { clearSelection, lengthOf, seek, select } from '../state/player.ts';
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
  const [rest, reached, selection, hover, head] = ['rest', 'goal-mark', 'selection', 'hover-line', 'head'].map((part) =>
    html('span', part),
  );
  const marks = html('span');
  lane.append(drawing, rest, reached, selection, hover, head, marks);
  let shown: unknown;
  let marked: unknown;
  session.watch((moment) => {
    const { episode, derived, player, position, step, state } = moment;
    const share = (at: number) => `${(100 * at) / episode.steps}%`;
    if (shown !== episode) {
      shown = episode;
      bars.setAttribute('d', strip(episode.reward));
      lane.setAttribute('aria-valuemax', String(episode.steps));
      reached.hidden = derived.reachedAt < 0;
      reached.style.left = share(derived.reachedAt);
      drawRuler(moment);
    }
    if (marked !== state.marks || shown !== episode) marks.replaceChildren(...markers(moment, share));
    marked = state.marks;
    head.style.left = rest.style.left = share(position);
    selection.hidden = player.selection === undefined;
    const { from, to } = player.selection ?? { from: 0, to: 0 };
    selection.style.left = share(from);
    selection.style.width = share(to - from);
    hover.hidden = state.hover === undefined;
    hover.style.left = share(state.hover ?? 0);
    if (lane.getAttribute('aria-valuenow') !== String(step)) {
      lane.setAttribute('aria-valuenow', String(step));
      lane.setAttribute('aria-valuetext', `step ${step} of ${episode.steps}, ${fixed(step * player.dt, 2)} seconds`);
    }
  });
  scrub(session, lane);
  selectOnRuler(session);
  peek(session);
}

function drawRuler({ episode, player }: Moment): void {
  const ruler = need('ruler', HTMLElement);
  const length = episode.steps * player.dt;
  const labels = ticks(length, 8).map(({ at, text }) => {
    const label = html('span', '', text);
    label.style.left = `${(100 * at) / length}%`;
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

function stepUnder(session: Session, lane: HTMLElement, { clientX }: PointerEvent): number {
  const { left, width } = lane.getBoundingClientRect();
  const length = session.player ? lengthOf(session.player) : 0;
  return Math.min(Math.max(Math.round(((clientX - left) / width) * length), 0), length);
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
    const reward = hover < episode.steps ? `reward ${compact(episode.reward[hover])}` : 'last state';
    const texts = [`${fixed(hover * player.dt, 2)} s`, `${fixed(100 * derived.distance[hover], 1)} cm`, reward];
    for (const [i, part] of parts.entries()) write(part, texts[i]);
    box.style.left = `clamp(90px, ${(100 * hover) / episode.steps}%, calc(100% - 90px))`;
  });
}
