import type { Theme } from '../scene/palette.ts';
import type { Session } from '../state/session.ts';
import type { ThemeChoice } from '../state/types.ts';

const key = 'armature.theme';

/** Follows the system until a theme is chosen, and remembers the choice. */
export function theme(session: Session, apply: (theme: Theme) => void): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  let shown: Theme | undefined;
  let remembered = recall();
  session.update((state) => ({ ...state, theme: remembered }));
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
    const stored = localStorage.getItem(key);
    return stored === 'dark' || stored === 'light' ? stored : 'system';
  } catch {
    return 'system';
  }
}

function remember(value: ThemeChoice): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    return;
  }
}
