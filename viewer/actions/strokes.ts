/** The names of keys, for the keyboard and for print; pure. */

interface Stroke {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** A key press as actions name it; pure. Shift counts where it does not already change the character, as in `?`. */
export function nameOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Stroke): string {
  const letter = /^[a-z]$/i.test(key);
  const named = key.length > 1;
  const shift = shiftKey && (letter || named) ? 'Shift+' : '';
  const cap = letter ? (shiftKey && !ctrlKey && !metaKey ? key.toUpperCase() : key.toLowerCase()) : key;
  return `${altKey ? 'Alt+' : ''}${ctrlKey || metaKey ? 'Mod+' : ''}${shift}${cap}`;
}

const symbols: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
  Backspace: '⌫',
};

/** The keys of a shortcut as they are printed on a keyboard. */
export function printed(keys: string, mac: boolean): string[] {
  return keys
    .split(/(?<=.)\+(?=.)/)
    .map((key) =>
      key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : (symbols[key] ?? (/^[a-z]$/.test(key) ? key.toUpperCase() : key)),
    );
}
