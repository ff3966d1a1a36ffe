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
import type { Action, App } from './types.ts';

const isOpen = ({ session }: App) => session.player !== undefined;

function inTime(id: string, title: string, keys: readonly string[], change: (player: Player) => Player): Action {
  return { id, title, group: 'Playback', keys, when: isOpen, run: ({ session }) => session.change(change) };
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

export const playback: readonly Action[] = [
  inTime('play', 'Play or pause', [' '], toggle),
  inTime('back', 'One step back', ['ArrowLeft'], (player) => stepBy(player, -1)),
  inTime('forward', 'One step forward', ['ArrowRight'], (player) => stepBy(player, 1)),
  inTime('back-ten', 'Ten steps back', ['Shift+ArrowLeft', 'PageDown'], (player) => stepBy(player, -10)),
  inTime('forward-ten', 'Ten steps forward', ['Shift+ArrowRight', 'PageUp'], (player) => stepBy(player, 10)),
  inTime('start', 'First step', ['Home'], (player) => seek(pause(player), spanOf(player).from)),
  inTime('end', 'Last step', ['End'], (player) => seek(pause(player), spanOf(player).to)),
  inTime('slower', 'Slower', ['-'], (player) => speedBy(player, -1)),
  inTime('faster', 'Faster', ['+', '='], (player) => speedBy(player, 1)),
  inTime('loop', 'Next way to loop', ['l'], nextLoop),
  inTime('select-from', 'Loop from this step', ['i'], selectFrom),
  inTime('select-to', 'Loop to this step', ['o'], selectTo),
  inTime('select-none', 'Clear the loop selection', ['Backspace'], clearSelection),
];
