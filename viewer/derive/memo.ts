/** Remembers what was derived from an object for as long as the object lives. */
export function memo<K extends object, A extends readonly unknown[], R>(
  make: (key: K, ...context: A) => R,
): (key: K, ...context: A) => R {
  const known = new WeakMap<K, R>();
  return (key, ...context) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key, ...context);
    known.set(key, made);
    return made;
  };
}

/** Answers whether any of its arguments differs from the previous call's: only then is there something to draw anew. */
export function changeDetector(): (...values: readonly unknown[]) => boolean {
  let previous: readonly unknown[] | undefined;
  return (...values) => {
    const same = previous?.length === values.length && values.every((value, i) => value === previous?.[i]);
    previous = values;
    return !same;
  };
}
