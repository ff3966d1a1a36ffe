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

interface Item {
  readonly title: string;
  readonly group: string;
  readonly words?: string;
}

/**
 * The items of which title, group and further words hold every word of a query: those first whose title begins with the query, then
 * those that have all of it in title and group.
 */
export function search<T extends Item>(items: readonly T[], query: string): T[] {
  const asked = query.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = ({ title, group, words = '' }: T) => {
    const holds = (text: string) => asked.every((word) => text.toLowerCase().includes(word));
    if (!holds(`${title} ${group} ${words}`)) return undefined;
    if (!holds(`${title} ${group}`)) return 2;
    return asked.length > 0 && title.toLowerCase().startsWith(asked[0]) ? 0 : 1;
  };
  return items
    .flatMap((item) => {
      const place = rank(item);
      return place === undefined ? [] : { item, place };
    })
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
