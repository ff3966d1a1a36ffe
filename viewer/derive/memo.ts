/** Remembers what was derived from an object for as long as the object lives. */
export function memo<K extends object, A, R>(make: (key: K, about: A) => R): (key: K, about: A) => R {
  const known = new WeakMap<K, R>();
  return (key, about) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key, about);
    known.set(key, made);
    return made;
  };
}
