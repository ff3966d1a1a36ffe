import type { App } from '../commands/command.ts';
import { byId, html, type Icon, icon, setLabel, setText } from '../dom/elements.ts';
import { fixed, speedText } from '../dom/format.ts';
import { episodeBy, type Loop, loops, setSpeed, spanOf, speeds, stepOf } from '../state/player.ts';
import { commandButton, commandOf, shortcutOf } from './command-button.ts';

const loopNames: Readonly<Record<Loop, string>> = {
  off: 'Off',
  once: 'All, once',
  all: 'All episodes',
  episode: 'Episode',
  selection: 'Selection',
};

const buttonIcons: readonly [command: string, icon: Icon][] = [
  ['previous-episode', 'previous'],
  ['back', 'back'],
  ['play', 'play'],
  ['forward', 'forward'],
  ['next-episode', 'next'],
];

/** The row of buttons under the timeline, the clock, speed and loop. */
export function transport(app: App): void {
  const { root, session } = app;
  const buttons = playbackButtons(app);
  const speed = choiceOf(root, 'speed', speeds.map(String), (value) => speedText(Number(value)));
  speed.addEventListener('change', () => session.change((player) => setSpeed(player, Number(speed.value))));
  const loop = choiceOf(root, 'loop', loops, (value) => loopNames[value as Loop]);
  loop.addEventListener('change', () => session.change((player) => ({ ...player, loop: loop.value as Loop })));
  const time = byId(root, 'clock-time', HTMLElement);
  const length = byId(root, 'clock-length', HTMLElement);
  const steps = byId(root, 'clock-step', HTMLElement);
  session.watch(({ player, step, episode, state }) => {
    const { dt, position } = player;
    const { from, to } = spanOf(player);
    const isMoving = player.playing || state.film !== undefined;
    root.dataset.playing = String(isMoving);
    setLabel(buttons.play, isMoving ? 'Pause' : 'Play', 'Space');
    buttons.back.disabled = position <= from;
    buttons.forward.disabled = position >= to;
    buttons['previous-episode'].disabled = episodeBy(player, -1) === player;
    buttons['next-episode'].disabled = episodeBy(player, 1) === player;
    chooseSpeed(speed, player.speed);
    for (const option of loop.options) option.disabled = option.value === 'selection' && !player.selection;
    loop.value = player.loop;
    setText(time, fixed(stepOf(player) * dt, 2));
    setText(length, ` / ${fixed(to * dt, 2)} s`);
    setText(steps, `step ${step} of ${episode.steps}`);
  });
}

function playbackButtons(app: App): Readonly<Record<string, HTMLButtonElement>> {
  const entries = buttonIcons.map(([id, picture]) => {
    const command = commandOf(app, id);
    const element = commandButton(app, command, 'icon-button', icon(picture));
    setLabel(element, command.title, shortcutOf(command));
    if (id === 'play') {
      element.classList.add('play');
      element.append(icon('pause'));
    }
    return [id, element] as const;
  });
  byId(app.root, 'buttons', HTMLElement).append(...entries.map(([, element]) => element));
  return Object.fromEntries(entries);
}

function choiceOf(
  root: HTMLElement,
  id: string,
  values: readonly string[],
  label: (value: string) => string,
): HTMLSelectElement {
  const select = byId(root, id, HTMLSelectElement);
  for (const value of values) {
    const option = html('option', '', label(value));
    option.value = value;
    select.append(option);
  }
  return select;
}

/** Chooses a speed, which need not be among the usual ones: then it has an option of its own for as long as it is chosen. */
function chooseSpeed(select: HTMLSelectElement, speed: number): void {
  const value = String(speed);
  if (select.value === value) return;
  const options = [...select.options].filter((option) => speeds.includes(Number(option.value)));
  if (!speeds.includes(speed)) {
    const at = options.findIndex((option) => Number(option.value) > speed);
    options.splice(at < 0 ? options.length : at, 0, Object.assign(html('option', '', speedText(speed)), { value }));
  }
  select.replaceChildren(...options);
  select.value = value;
}

/** Seconds over which the pace is averaged. */
const averagedOver = 1;
/** Share of the chosen speed below which the shortfall is more than noise. */
const noticeable = 0.9;

/**
 * Shows the speed that a replay achieves where the machine falls short of the chosen speed.
 * @returns to be called with every frame: seconds by the clock, and seconds that the replay moved on by
 */
export function pace({ root, session }: App): (real: number, replayed: number) => void {
  const element = byId(root, 'achieved', HTMLElement);
  let [passed, moved] = [0, 0];
  session.watchState(({ player }) => {
    if (!player?.playing) element.hidden = true;
  });
  return (real, replayed) => {
    passed += real;
    moved += replayed;
    if (passed < averagedOver) return;
    const share = moved / passed;
    element.hidden = share >= noticeable;
    const { speed = 1 } = session.player ?? {};
    setText(element, `${speedText(speed * share)} achieved`);
    [passed, moved] = [0, 0];
  };
}
