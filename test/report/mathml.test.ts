import { expect, it } from 'vitest';
import { mathml } from '../../src/report/mathml.ts';

/** The formula without its outer elements, spaces and attributes. */
const set = (text: string, display = false) =>
  mathml(text, display)
    .replace(/^<math[^>]*><mrow>|<\/mrow><\/math>$/g, '')
    .replace(/<mspace[^>]*>/g, '')
    .replace(/<(\w+) [^>]*>/g, '<$1>');

it.each([
  ['γᵗ Gₜ', '<msup><mi>γ</mi><mrow><mi>t</mi></mrow></msup><msub><mi>G</mi><mrow><mi>t</mi></mrow></msub>'],
  ['S⁻¹', '<msup><mi>S</mi><mrow><mo>−</mo><mn>1</mn></mrow></msup>'],
  ['F_φ', '<msub><mi>F</mi><mi>φ</mi></msub>'],
  ['P_new', '<msub><mi>P</mi><mi>new</mi></msub>'],
  ['ḡ', '<mover><mi>g</mi><mo>¯</mo></mover>'],
  ['Σₜ x', '<munder><mo>∑</mo><mrow><mi>t</mi></mrow></munder><mi>x</mi>'],
  ['b*', '<msup><mi>b</mi><mo>*</mo></msup>'],
  ['w, of this batch', '<mi>w</mi><mo>,</mo><mtext>of this batch</mtext>'],
  ['tr Cov(g)', '<mi>tr</mi><mi>Cov</mi><mrow><mo>(</mo><mi>g</mi><mo>)</mo></mrow>'],
  ['|x|²', '<mo>|</mo><mi>x</mi><msup><mo>|</mo><mrow><mn>2</mn></mrow></msup>'],
  ['a<b', '<mi>a</mi><mo>&lt;</mo><mi>b</mi>'],
])('%s is set with its scripts, bars and words', (text, xml) => {
  expect(set(text)).toBe(xml);
});

it('a slash is a fraction of the operands about it where the formula stands by itself, and a slash in a line', () => {
  expect(set('J = a b / N + c', true)).toBe(
    '<mi>J</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mi>b</mi></mrow><mrow><mi>N</mi></mrow></mfrac><mo>+</mo><mi>c</mi>',
  );
  // What a product runs over is no part of the fraction that it multiplies.
  expect(set('Πₜ p / q', true)).toMatch(/^<munder>.*<\/munder><mfrac><mrow><mi>p<\/mi><\/mrow>/);
  expect(set('a / b')).toBe('<mi>a</mi><mo>/</mo><mi>b</mi>');
});

it.each([
  'E[ Σₜ wₜ ∇ log π(aₜ | sₜ) ] = ∇J(θ)',
  'T² = n (ḡ − ∇J)ᵀ S⁻¹ (ḡ − ∇J) ~ χ² with as many degrees of freedom as θ has components',
  'θ = M φ + c:  F_φ = Mᵀ F M,  so M (F_φ)⁻¹ ∇_φ J = F⁻¹ ∇J',
  'KL(π(θ) | π(θ + x)) = xᵀ F x / 2 + O(|x|³)',
  'effective share of the episodes = (E ρ)² / E ρ² ≤ exp(−KL(P_new | P_old))',
  'b* = E[ |z|² G ] / E[ |z|² ] minimises tr Cov( z (G − b) ), z the score',
])('%s is well-formed, and keeps all its letters', (text) => {
  const xml = mathml(text, true);
  const open: string[] = [];
  for (const [, slash, name, closed] of xml.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (closed) continue;
    if (slash) expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
  const letters = (some: string) => some.match(/[A-Za-zα-ω∇]/gu)?.length;
  const plain = text.replace(/ₜ/g, 't').replace(/ᵀ/g, 'T');
  expect(letters(xml.replace(/<[^>]*>/g, ''))).toBe(letters(plain.normalize('NFD')));
});
