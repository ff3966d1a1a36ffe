import {
  clearSelection,
  loops,
  type Player,
  pause,
  seek,
  select,
  spanOf,
  speedBy,
  stepBy,
  stepOf,
  toggle,
} from '../state/player.ts';
import { type Command, isReplay } from './command.ts';
import { toggleFilm } from './film.ts';

function playerCommand(
  id: string,
  title: string,
  keys: readonly string[],
  change: (player: Player) => Player,
  words?: string,
): Command {
  return { id, title, group: 'Playback', words, keys, when: isReplay, run: ({ session }) => session.change(change) };
}

function nextLoop(player: Player): Player {
  const usable = loops.filter((loop) => loop !== 'selection' || player.selection);
  return { ...player, loop: usable[(usable.indexOf(player.loop) + 1) % usable.length] };
}

function selectFrom(player: Player): Player {
  return select(player, stepOf(player), Math.max(player.selection?.to ?? -Infinity, stepOf(player) + 1));
}

function selectTo(player: Player): Player {
  return select(player, Math.min(player.selection?.from ?? spanOf(player).from, stepOf(player) - 1), stepOf(player));
}

const pace = 'playback speed slow motion fast forward rate';

export const playbackCommands: readonly Command[] = [
  {
    ...playerCommand('play', 'Play or pause', [' '], toggle, 'stop start'),
    run: (app) => (app.session.state.film ? toggleFilm(app) : app.session.change(toggle)),
  },
  playerCommand('back', 'One step back', ['ArrowLeft'], (player) => stepBy(player, -1)),
  playerCommand('forward', 'One step forward', ['ArrowRight'], (player) => stepBy(player, 1)),
  playerCommand('back-ten', 'Ten steps back', ['Shift+ArrowLeft', 'PageDown'], (player) => stepBy(player, -10)),
  playerCommand('forward-ten', 'Ten steps forward', ['Shift+ArrowRight', 'PageUp'], (player) => stepBy(player, 10)),
  playerCommand(
    'start',
    'First step',
    ['Home'],
    (player) => seek(pause(player), spanOf(player).from),
    'restart reset rewind beginning',
  ),
  playerCommand('end', 'Last step', ['End'], (player) => seek(pause(player), spanOf(player).to)),
  playerCommand('slower', 'Slower', ['-'], (player) => speedBy(player, -1), pace),
  playerCommand('faster', 'Faster', ['+', '='], (player) => speedBy(player, 1), pace),
  playerCommand('loop', 'Next way to loop', ['l'], nextLoop, 'repeat again'),
  playerCommand('select-from', 'Loop from this step', ['i'], selectFrom),
  playerCommand('select-to', 'Loop to this step', ['o'], selectTo),
  playerCommand('select-none', 'Clear the loop selection', ['Backspace'], clearSelection),
];
