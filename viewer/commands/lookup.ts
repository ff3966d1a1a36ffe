/** Finding a command: by the keys that are pressed, and by the words that are typed; pure. */

interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** A key press as commands name it. Shift counts where it does not already change the character, as in `?`. */
export function keyName({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyPress): string {
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
export function printedKeys(keys: string, mac: boolean): string[] {
  return keys
    .split(/(?<=.)\+(?=.)/)
    .map((key) =>
      key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : (symbols[key] ?? (/^[a-z]$/.test(key) ? key.toUpperCase() : key)),
    );
}

/** The items whose title or group holds every word of a query, those that begin with the query first. */
export function search<T extends { readonly title: string; readonly group: string }>(
  items: readonly T[],
  query: string,
): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = items.filter(({ title, group }) => {
    const text = `${title} ${group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const begins = ({ title }: T) => (words.length > 0 && title.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return matches.sort((a, b) => begins(a) - begins(b));
}
