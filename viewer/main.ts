import { actions } from './actions/index.ts';
import { keyboard } from './actions/keys.ts';
import type { App } from './actions/types.ts';
import type { ViewerApi } from './api.ts';
import { Loop } from './loop.ts';
import { viewerApi } from './page-api.ts';
import { plotPanel } from './plots/panel.ts';
import { gridSpacing } from './scene/floor.ts';
import { Stage } from './scene/stage.ts';
import { advance } from './state/player.ts';
import { Session } from './state/session.ts';
import { about } from './ui/about.ts';
import { actions as actionBands } from './ui/actions.ts';
import { address } from './ui/address.ts';
import { bar } from './ui/bar.ts';
import { compare } from './ui/compare.ts';
import { need } from './ui/dom.ts';
import { episodes } from './ui/episodes.ts';
import { help } from './ui/help.ts';
import { Messages } from './ui/messages.ts';
import { Opener } from './ui/open.ts';
import { pace } from './ui/pace.ts';
import { palette } from './ui/palette.ts';
import { readout } from './ui/readout.ts';
import { sceneTools } from './ui/scene-tools.ts';
import { tabs } from './ui/tabs.ts';
import { theme } from './ui/theme.ts';
import { timeline } from './ui/timeline.ts';
import { training } from './ui/training.ts';
import { transport } from './ui/transport.ts';

declare global {
  interface Window {
    armature: ViewerApi;
  }
}

const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

function start(): void {
  const canvas = need('canvas', HTMLCanvasElement);
  const host = need('canvas-host', HTMLElement);
  const app: App = { session: new Session(!still), stage: new Stage(canvas, host), messages: new Messages() };
  const { session, stage } = app;
  const loop = draws(app);
  let shown: unknown;
  session.watch((moment) => {
    if (shown === undefined) reveal();
    shown = moment.recording;
    stage.show(moment);
    loop.request();
  });
  for (const part of [about, timeline, readout, actionBands, episodes]) part(session);
  for (const part of [transport, compare, sceneTools]) part(app);
  for (const part of [bar, palette, keyboard]) part(app, actions);
  help(actions);
  tabs();
  theme(session, (chosen) => {
    stage.paint(chosen);
    loop.request();
  });
  // The arm first: plots are drawn once it is in view.
  const ready = new Opener(app, training(app)).start().finally(() => setTimeout(() => plotPanel(session)));
  address(app, ready);
  pointer(app);
  new ResizeObserver(() => {
    stage.resize();
    loop.now();
  }).observe(host);
  window.armature = viewerApi(app, ready);
}

/** The clock: moves the replay on with every frame, and draws. */
function draws({ session, stage }: App): Loop {
  const tell = pace(session);
  const loop = new Loop(
    (seconds, real) => {
      if (session.player?.playing) tell(real, seconds);
      session.change((player) => advance(player, seconds));
      return stage.orbit.controls.update() || session.player?.playing === true;
    },
    (moving, seconds) => stage.draw(moving, seconds),
  );
  stage.orbit.controls.addEventListener('change', () => loop.request());
  stage.canvas.addEventListener('webglcontextrestored', () => loop.request());
  return loop;
}

/** Double-click: on the arm it focuses there, beside it shows all. */
function pointer({ stage }: App): void {
  stage.canvas.addEventListener('dblclick', ({ clientX, clientY }) => {
    const point = stage.pick(clientX, clientY);
    if (point) stage.orbit.focus(point);
    else stage.orbit.preset('home');
  });
}

/** Playback and panels appear with the first recording. */
function reveal(): void {
  const parts = '.transport, .panel, .tabs, .layers, .views';
  for (const element of document.querySelectorAll<HTMLElement>(parts)) element.hidden = false;
  const scale = need('scale', HTMLElement);
  scale.textContent = `grid ${gridSpacing * 100} cm`;
  scale.hidden = false;
}

try {
  start();
} catch (reason) {
  new Messages().fail('The viewer', reason);
}
