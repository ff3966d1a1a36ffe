/**
 * Text as one line that does nothing but stand there. What comes out of files and folders may hold anything: control characters,
 * which a terminal obeys, line breaks and marks that turn the direction of what follows become spaces.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}
