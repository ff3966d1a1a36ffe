/** What stands in place of the timeline: how the arm goes on, and what to do with what has happened. */
import { html, setLabel, setText } from '../dom/elements.ts';
import { fixed } from '../dom/format.ts';
import { captioned, liveIcon } from './controls.ts';
import { keep } from './keep.ts';
import type { LiveState, Room } from './room.ts';

const speeds = [1, 0.5, 0.25, 0.1] as const;

export function liveBar(room: Room): HTMLElement {
  const play = html('button', 'icon-button play');
  play.type = 'button';
  play.addEventListener('click', () => room.control({ paused: !room.state.paused }));
  const step = captioned('step', 'Step', '.', () => room.send({ type: 'step' }));
  const reset = captioned('reset', 'Reset', 'R', () => room.reset());
  const goal = captioned('goal', 'New goal', 'N', () => newGoal(room));
  const kept = captioned('keep', 'Keep', 'K', () => keep(room));
  const speed = html(
    'select',
    '',
    ...speeds.map((each) => Object.assign(html('option', '', `${each}×`), { value: String(each) })),
  );
  speed.setAttribute('aria-label', 'Speed');
  speed.addEventListener('change', () => room.control({ speed: Number(speed.value) }));
  const clock = html('p', 'clock');
  const state = html('p', 'where');
  const status = html('p', 'hidden');
  status.setAttribute('role', 'status');
  const spoken = createSpoken();
  const buttons = html('div', 'buttons', reset, step, play, goal, kept);
  const speedLabel = html('label', '', html('span', 'wide quiet', 'Speed'), speed);
  const bar = html(
    'section',
    'transport live-bar',
    html('div', 'now', clock, state, status),
    buttons,
    html('div', 'settings', speedLabel),
  );
  bar.setAttribute('aria-label', 'Live');
  room.watch((now) => {
    const { opened, paused, t, isLost, isGone } = now;
    setLabel(play, paused ? 'Go on' : 'Pause', 'Space');
    if (play.dataset.paused !== String(paused)) play.replaceChildren(liveIcon(paused ? 'play' : 'pause'));
    play.dataset.paused = String(paused);
    const seconds = opened ? t * opened.header.spec.dt : 0;
    setText(clock, opened ? `${fixed(seconds, 1)} s` : '');
    bar.dataset.going = String(opened !== null && !paused && !isLost && !isGone);
    setText(state, textOf(now));
    setText(status, spoken(now));
    for (const each of [step, goal, kept, play]) each.disabled = !opened || isGone;
    reset.disabled = !opened && !isGone;
    goal.hidden = opened !== null && !opened.goals;
    step.disabled ||= !paused;
    speed.value = String(now.speed);
  });
  return bar;
}

export function newGoal(room: Room): void {
  room.send({ type: 'new-goal' });
}

/**
 * What a screen reader says when it changes: of what a hand has done. Episodes begin and end by themselves every few seconds, which
 * would be talked about without end.
 */
function createSpoken(): (state: LiveState) => string {
  /** The goal that a hand had set when it was reached: it is said once, however often it is reached again. */
  let reached: string | undefined;
  return (state) => {
    const { opened, isLoading, isLost, isGone, paused, goal, isHeld, isUsualGoal, success } = state;
    if (isLoading || !opened || isLost || isGone || paused) return textOf(state);
    if (!goal || !isHeld) return '';
    if (success) reached = String(goal);
    if (reached === String(goal)) return 'at the goal';
    return isUsualGoal ? '' : 'goal outside of its training';
  };
}

/** What a glance should tell. */
function textOf({ opened, isLoading, paused, success, isOver, isLost, isGone, goal, isUsualGoal }: LiveState): string {
  if (isLoading) return 'loading';
  if (isGone) return 'stopped: reset it';
  if (!opened) return 'nothing acts yet';
  if (isLost) return 'the simulation lost the arm: reset it';
  if (paused) return 'paused';
  if (success) return 'at the goal';
  if (isOver) return 'time is up';
  if (goal && !isUsualGoal) return 'goal outside of its training';
  return goal ? 'on its way' : 'live';
}
