/** The viewer as a whole: its panels and its theme. */
import type { App } from '../commands/command.ts';
import { byId, segmentedControl } from '../dom/elements.ts';
import { gridSpacing } from '../scene/floor.ts';
import type { Theme } from '../scene/palette.ts';
import type { Session } from '../state/session.ts';
import type { ThemeChoice } from '../state/state.ts';

const panels = { policy: 'Policy', plots: 'Plots', episodes: 'Episodes' };

type Panel = keyof typeof panels;

/** Which panel is in view where there is room for one only. */
export function tabs({ root }: App): void {
  const bar = byId(root, 'tabs', HTMLElement);
  const { element, choose } = segmentedControl<Panel>('Panel', panels, (panel) => {
    root.dataset.panel = panel;
  });
  bar.replaceChildren(...element.children);
  const update = () => choose((root.dataset.panel as Panel | undefined) ?? 'policy');
  new MutationObserver(update).observe(root, { attributeFilter: ['data-panel'] });
  update();
}

/** Has an attribute say where there is no room for lists: to ask the page whether they are shown would have it laid out at every seek. */
export function roomForLists({ root, closed }: App): void {
  const places = ['tabs', 'panel-episodes'].map((id) => byId(root, id, HTMLElement));
  const observer = new ResizeObserver(() => {
    root.toggleAttribute('data-listless', !places.some((element) => element.getClientRects().length > 0));
  });
  for (const element of places) observer.observe(element);
  closed.addEventListener('abort', () => observer.disconnect());
}

/** Playback and panels appear with the first recording. */
export function reveal({ root }: App): void {
  const parts = '.transport, .panel, .tabs, .layers, .views';
  for (const element of root.querySelectorAll<HTMLElement>(parts)) element.hidden = false;
  // Nothing in it takes the focus, and where it is higher than its place the keyboard has to scroll it.
  byId(root, 'panel-policy', HTMLElement).tabIndex = 0;
  const scale = byId(root, 'scale', HTMLElement);
  scale.textContent = `grid ${gridSpacing * 100} cm`;
  scale.hidden = false;
}

/** Says in place of the scene that the browser cannot draw one; episodes, plots and numbers need no drawing. */
export function sayWhatIsMissing({ root, stage }: App): void {
  if (stage.canDraw) return;
  root.dataset.scene = 'none';
  byId(root, 'undrawn', HTMLElement).hidden = false;
  byId(root, 'canvas', HTMLCanvasElement).setAttribute('aria-hidden', 'true');
}

/** Paints the chosen theme; `system` is that of the page around the viewer, which may follow the system. */
export function theme({ root, session, closed }: App, apply: (theme: Theme) => void): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const around = root.getRootNode() as ShadowRoot;
  let shown: Theme | undefined;
  const update = () => {
    const { theme: choice } = session.state;
    const next = choice === 'system' ? themeOf(around.host, system.matches) : choice;
    if (next === shown) return;
    shown = next;
    root.dataset.theme = next;
    apply(next);
  };
  let chosen = session.state.theme;
  session.watchState((state) => {
    // What is around is looked up when it changes alone: computed styles at every seek would have all of them worked out.
    if (state.theme === chosen) return;
    chosen = state.theme;
    update();
  });
  system.addEventListener('change', update, { signal: closed });
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributes: true });
  closed.addEventListener('abort', () => observer.disconnect());
  update();
}

/** The theme in which an element is shown: light unless its style sheet says that it can be dark. */
function themeOf(element: Element, isSystemDark: boolean): Theme {
  const { colorScheme } = getComputedStyle(element);
  if (!colorScheme.includes('dark')) return 'light';
  return isSystemDark || !colorScheme.includes('light') ? 'dark' : 'light';
}

const storageKey = 'armature.theme';

/** Keeps the choice of a theme for the next visit. */
export function rememberTheme(session: Session): void {
  let remembered = session.state.theme;
  session.watchState(({ theme: choice }) => {
    if (choice !== remembered) remember(choice);
    remembered = choice;
  });
}

// Storage may be forbidden; then the choice lasts as long as the page.
export function recallTheme(): ThemeChoice {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === 'dark' || stored === 'light' ? stored : 'system';
  } catch {
    return 'system';
  }
}

function remember(value: ThemeChoice): void {
  try {
    localStorage.setItem(storageKey, value);
  } catch {
    return;
  }
}
