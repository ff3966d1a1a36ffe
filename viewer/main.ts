import type { ViewerApi } from './api.ts';
import type { App } from './commands/command.ts';
import { keyboard } from './commands/keyboard.ts';
import { byId } from './dom/elements.ts';
import { Messages } from './dom/messages.ts';
import { viewerApi } from './page-api.ts';
import { plotPanel } from './plots/panel.ts';
import { FrameLoop } from './stage/frame-loop.ts';
import { Stage } from './stage/stage.ts';
import { advance } from './state/player.ts';
import { Session } from './state/session.ts';
import { actionBands } from './ui/action-bands.ts';
import { address } from './ui/address.ts';
import { CommandPalette } from './ui/command-palette.ts';
import { comparison } from './ui/compare.ts';
import { EpisodeList } from './ui/episodes.ts';
import { help } from './ui/help.ts';
import { Opener } from './ui/open.ts';
import { reveal, tabs, theme } from './ui/page.ts';
import { about, readout } from './ui/readout.ts';
import { timeline } from './ui/timeline.ts';
import { commandBar, sceneTools } from './ui/toolbars.ts';
import { trainingSlider } from './ui/training.ts';
import { pace, transport } from './ui/transport.ts';

declare global {
  interface Window {
    armature: ViewerApi;
  }
}

const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

function start(): void {
  const canvas = byId('canvas', HTMLCanvasElement);
  const host = byId('canvas-host', HTMLElement);
  const app: App = { session: new Session(!still), stage: new Stage(canvas, host), messages: new Messages() };
  const { session, stage } = app;
  const loop = replayLoop(app);
  let revealed = false;
  session.watch((moment) => {
    if (!revealed) reveal();
    revealed = true;
    stage.show(moment);
    loop.request();
  });
  for (const part of [about, timeline, readout, actionBands]) part(session);
  for (const part of [transport, comparison, sceneTools, commandBar, keyboard]) part(app);
  new EpisodeList(session);
  new CommandPalette(app);
  help();
  tabs();
  theme(session, (chosen) => {
    stage.paint(chosen);
    loop.request();
  });
  // The arm first: plots are drawn once it is in view.
  const ready = new Opener(app, trainingSlider(app)).start().finally(() => setTimeout(() => plotPanel(session)));
  address(app, ready);
  focusOnDoubleClick(app);
  new ResizeObserver(() => {
    stage.resize();
    loop.now();
  }).observe(host);
  window.armature = viewerApi(app, ready);
}

/** Advances the replay with every frame, and draws it. */
function replayLoop({ session, stage }: App): FrameLoop {
  const reportPace = pace(session);
  const loop = new FrameLoop(
    (seconds, real) => {
      if (session.player?.playing) reportPace(real, seconds);
      session.change((player) => advance(player, seconds));
      return stage.orbit.controls.update() || session.player?.playing === true;
    },
    (moving, seconds) => stage.draw(moving, seconds),
  );
  stage.orbit.controls.addEventListener('change', () => loop.request());
  stage.canvas.addEventListener('webglcontextrestored', () => loop.request());
  return loop;
}

/** On the arm the camera focuses there; beside it, the whole workspace comes into view. */
function focusOnDoubleClick({ stage }: App): void {
  stage.canvas.addEventListener('dblclick', ({ clientX, clientY }) => {
    const point = stage.pick(clientX, clientY);
    if (point) stage.orbit.focus(point);
    else stage.orbit.preset('home');
  });
}

try {
  start();
} catch (reason) {
  new Messages().fail('The viewer', reason);
}
