/** The items whose title holds every word of a query, those that begin with it first; pure. */
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
