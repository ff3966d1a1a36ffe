/** The page as a whole: its panels and its theme. */
import { byId, segmentedControl } from '../dom/elements.ts';
import { gridSpacing } from '../scene/floor.ts';
import type { Theme } from '../scene/palette.ts';
import type { Session } from '../state/session.ts';
import type { ThemeChoice } from '../state/state.ts';

const panels = { policy: 'Policy', plots: 'Plots', episodes: 'Episodes' };

type Panel = keyof typeof panels;

/** Which panel is in view where there is room for one only. */
export function tabs(): void {
  const root = byId('tabs', HTMLElement);
  const { element, choose } = segmentedControl<Panel>('Panel', panels, (panel) => {
    document.body.dataset.panel = panel;
  });
  root.replaceChildren(...element.children);
  const update = () => choose((document.body.dataset.panel as Panel | undefined) ?? 'policy');
  new MutationObserver(update).observe(document.body, { attributeFilter: ['data-panel'] });
  update();
}

/** Playback and panels appear with the first recording. */
export function reveal(): void {
  const parts = '.transport, .panel, .tabs, .layers, .views';
  for (const element of document.querySelectorAll<HTMLElement>(parts)) element.hidden = false;
  const scale = byId('scale', HTMLElement);
  scale.textContent = `grid ${gridSpacing * 100} cm`;
  scale.hidden = false;
}

const storageKey = 'armature.theme';

/** The system's theme until one is chosen; the choice is remembered. */
export function theme(session: Session, apply: (theme: Theme) => void): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  let shown: Theme | undefined;
  let remembered = recall();
  session.set({ theme: remembered });
  const update = () => {
    const { theme: choice } = session.state;
    if (choice !== remembered) {
      remembered = choice;
      remember(choice);
    }
    const next = choice === 'system' ? (system.matches ? 'dark' : 'light') : choice;
    if (next === shown) return;
    shown = next;
    document.documentElement.dataset.theme = next;
    apply(next);
  };
  session.watchState(update);
  system.addEventListener('change', update);
  update();
}

// Storage may be forbidden; then the choice lasts as long as the page.
function recall(): ThemeChoice {
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
