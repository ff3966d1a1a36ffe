import type { App, Command } from './commands/command.ts';
import { commandsFor } from './commands/index.ts';
import { keyboard } from './commands/keyboard.ts';
import { Task } from './commands/task.ts';
import { byId, html } from './dom/elements.ts';
import { Messages } from './dom/messages.ts';
import { Trainings } from './files/training.ts';
import { overlays as builtInOverlays } from './overlays/index.ts';
import type { OverlayEntry } from './overlays/overlay.ts';
import { plots as builtInPlots } from './plots/index.ts';
import { plotPanel } from './plots/panel.ts';
import type { Plot } from './plots/plot.ts';
import { FrameLoop } from './stage/frame-loop.ts';
import { watchPixelRatio } from './stage/renderer.ts';
import { Stage } from './stage/stage.ts';
import { advance } from './state/player.ts';
import { Session } from './state/session.ts';
import type { ThemeChoice } from './state/state.ts';
import styles from './styles/index.css?inline';
import template from './template.html?raw';
import { actionBands } from './ui/action-bands.ts';
import { besideControl } from './ui/beside.ts';
import { CommandPalette } from './ui/command-palette.ts';
import { comparison } from './ui/compare.ts';
import { dynamics } from './ui/dynamics.ts';
import { EpisodeList } from './ui/episodes.ts';
import { help } from './ui/help.ts';
import { Opener } from './ui/open.ts';
import { reveal, roomForLists, sayWhatIsMissing, tabs, theme } from './ui/page.ts';
import { about, readout } from './ui/readout.ts';
import { swarm } from './ui/swarm.ts';
import { timeline } from './ui/timeline.ts';
import { commandBar, sceneTools } from './ui/toolbars.ts';
import { trainingSlider } from './ui/training.ts';
import { pace, transport } from './ui/transport.ts';

export interface ViewerOptions {
  /** Layers of the scene, in the order of their switches; the built-in ones where absent. */
  readonly overlays?: readonly OverlayEntry[];
  /** From the top down; the built-in ones where absent. */
  readonly plots?: readonly Plot[];
  /** The theme at first. `system`, where absent, follows the CSS `color-scheme` of the element. */
  readonly theme?: ThemeChoice;
}

/** What a page adds to its viewer. */
interface PageOptions extends ViewerOptions {
  /** Where keys and dropped files are the viewer's; its own element where absent. */
  readonly scope?: Window;
  readonly commands?: readonly Command[];
  readonly goLive?: App['goLive'];
}

export interface Viewer {
  readonly app: App;
  readonly opener: Opener;
  /** Resolves when the first recording is in view. */
  readonly shown: Promise<void>;
  close(): void;
}

/**
 * Fills an element with a viewer, in a shadow tree that neither shares styles nor ids with the page around it.
 * Where the browser cannot draw, all but the scene is there, and a sentence says so.
 */
export function startViewer(element: Element, options: PageOptions = {}): Viewer {
  const { host, root } = mount(element);
  const messages = new Messages(root);
  try {
    const closing = new AbortController();
    const app = createApp(root, messages, closing.signal, options);
    const loop = replayLoop(app);
    const shown = new Promise<void>((resolve) => app.session.watch(() => resolve()));
    const opener = connect(app, loop, options.scope ?? root);
    void shown.then(() => plotsLater(app));
    const close = () => {
      if (closing.signal.aborted) return;
      closing.abort();
      loop.stop();
      app.task.stop();
      app.stage.close();
      host.remove();
    };
    return { app, opener, shown, close };
  } catch (reason) {
    messages.fail('The viewer', reason);
    throw reason;
  }
}

/** Draws the plots once the arm is in view, and has moved if it is about to. */
function plotsLater(app: App): void {
  const wait = app.session.state.isLive ? 600 : 0;
  requestAnimationFrame(() => setTimeout(() => plotPanel(byId(app.root, 'plots', HTMLElement), app), wait));
}

function mount(element: Element): { readonly host: HTMLElement; readonly root: HTMLElement } {
  const host = html('div');
  const root = html('div', 'viewer');
  root.dataset.panel = 'policy';
  root.innerHTML = template;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  const tree = host.attachShadow({ mode: 'open' });
  tree.adoptedStyleSheets = [sheet];
  tree.append(root);
  element.replaceChildren(host);
  return { host, root };
}

function createApp(root: HTMLElement, messages: Messages, closed: AbortSignal, options: PageOptions): App {
  const { overlays = builtInOverlays, plots = builtInPlots, commands = [], theme: choice = 'system', goLive } = options;
  const session = new Session(!window.matchMedia('(prefers-reduced-motion: reduce)').matches);
  session.set({ theme: choice });
  const stage = new Stage(byId(root, 'canvas', HTMLCanvasElement), byId(root, 'canvas-host', HTMLElement), overlays);
  const parts = {
    root,
    session,
    stage,
    messages,
    task: new Task(messages),
    trainings: new Trainings(),
    closed,
    goLive,
  };
  const frames = { request() {} };
  return { ...parts, frames, overlays, plots, commands: commandsFor(overlays, commands) };
}

/** Has every part of the viewer follow the session. */
function connect(app: App, loop: FrameLoop, scope: Window | HTMLElement): Opener {
  const { root, session, stage } = app;
  let revealed = false;
  session.watch((moment) => {
    if (!revealed) reveal(app);
    revealed = true;
    stage.show(moment);
    loop.request();
  });
  for (const part of [
    about,
    timeline,
    readout,
    dynamics,
    actionBands,
    transport,
    comparison,
    swarm,
    sceneTools,
    commandBar,
  ])
    part(app);
  keyboard(app, scope);
  new EpisodeList(app);
  new CommandPalette(app);
  help(app);
  tabs(app);
  roomForLists(app);
  theme(app, (chosen) => {
    stage.paint(chosen);
    loop.request();
  });
  focusOnDoubleClick(app);
  sayWhatIsMissing(app);
  new ResizeObserver(() => {
    if (app.closed.aborted) return;
    stage.resize();
    loop.now();
  }).observe(byId(root, 'canvas-host', HTMLElement));
  trainingSlider(app);
  const opener = new Opener(app, scope);
  besideControl(app, opener);
  return opener;
}

/** Advances the replay with every frame, and draws it. */
function replayLoop(app: App): FrameLoop {
  const { session, stage } = app;
  const reportPace = pace(app);
  const loop = new FrameLoop(
    (seconds, real) => {
      if (session.player?.playing) reportPace(real, seconds);
      session.change((player) => advance(player, seconds));
      const next = app.frames.before?.(seconds) ?? 'rest';
      const isFilm = app.frames.film?.(seconds) === true;
      return stage.orbit.controls.update() || isFilm || session.player?.playing === true ? 'on' : next;
    },
    (moving, seconds) => {
      app.frames.along?.();
      stage.draw(moving, seconds);
    },
  );
  app.frames.request = () => loop.request();
  watchPixelRatio(app.frames.request, app.closed);
  stage.orbit.controls.addEventListener('change', app.frames.request);
  stage.canvas.addEventListener('webglcontextrestored', () => loop.request());
  return loop;
}

/** On the arm the camera focuses there; beside it, the whole workspace comes into view. One of many arms is shown alone. */
function focusOnDoubleClick({ session, stage }: App): void {
  stage.canvas.addEventListener('dblclick', ({ clientX, clientY }) => {
    if (session.state.swarm) {
      if (stage.pickEpisode(clientX, clientY) !== undefined) session.set({ swarm: false });
      return;
    }
    const point = stage.pick(clientX, clientY);
    if (point) stage.orbit.focus(point);
    else stage.orbit.preset('home');
  });
}
