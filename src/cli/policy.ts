/** What the viewer's page may do, told to browsers with every answer. */

const base = {
  'default-src': "'self'",
  'img-src': "'self' data: blob:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
  'form-action': "'none'",
};

/** Workers have a policy of their own. Only the one that simulates may compile WebAssembly: Rapier is nothing else. */
const simulating = { ...base, 'script-src': "'self' 'wasm-unsafe-eval'" };

export function contentSecurityPolicy(path: string): string {
  const directives = /^\/assets\/simulate-[\w-]+\.js$/.test(path) ? simulating : base;
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}
