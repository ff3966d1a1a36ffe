// Inputs beyond this give exactly 1: e^(2 x) + 2 rounds to e^(2 x).
const SATURATION = 22.0;
// 1.5 * 2^52: adding it rounds to an integer, which then lies in the low bits of the sum.
const ROUNDER = 6755399441055744.0;
// log 2 in two parts, the first short enough for k LN2_HIGH to be exact (fdlibm, e_exp.c).
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * h <- tanh(h) for `count` numbers; the one after an odd count is overwritten with nonsense. Eight in a turn of the loop, for
 * which the engine fetches the constants once.
 */
export function tanh(h: usize, count: i32): void {
  const end = h + ((<usize>count) << 3);
  for (; h + 48 < end; h += 64) {
    const a = tanhOf(v128.load(h));
    const b = tanhOf(v128.load(h, 16));
    const c = tanhOf(v128.load(h, 32));
    const d = tanhOf(v128.load(h, 48));
    v128.store(h, a);
    v128.store(h, b, 16);
    v128.store(h, c, 32);
    v128.store(h, d, 48);
  }
  for (; h < end; h += 16) v128.store(h, tanhOf(v128.load(h)));
}

/**
 * tanh of two numbers. A call for each would cost more than it saves; the decorator is AssemblyScript's own.
 *
 * With 2 |h| = k log 2 + r and a = 2^k, e^(2 |h|) = a (R + r) / (R - r) for R = r coth(r / 2), an even function that
 * fdlibm's exp approximates by a polynomial in r^2 (R1 in e_exp.c, error 2^-59). Then
 *     tanh |h| = (e^(2 |h|) - 1) / (e^(2 |h|) + 1) = t / (t + 2 (R - r)),   t = 2 a r + (a - 1) (R - r),
 * which costs one division and, since k = 0 leaves t = 2 r, loses no digits near zero.
 */
@inline
function tanhOf(x: v128): v128 {
  const signBit = i64x2.splat(i64.MIN_VALUE);
  const rounder = f64x2.splat(ROUNDER);
  const one = f64x2.splat(1);
  // pmin takes its first operand where a NaN makes the comparison false, so NaN stays NaN.
  let z = f64x2.pmin(f64x2.abs(x), f64x2.splat(SATURATION));
  z = f64x2.add(z, z);
  const shifted = f64x2.add(f64x2.mul(z, f64x2.splat(Math.LOG2E)), rounder);
  const k = f64x2.sub(shifted, rounder);
  const a = i64x2.add(i64x2.shl(shifted, 52), i64x2.splat(0x3ff0000000000000));
  const r = f64x2.sub(f64x2.sub(z, f64x2.mul(k, f64x2.splat(LN2_HIGH))), f64x2.mul(k, f64x2.splat(LN2_LOW)));
  const s = f64x2.mul(r, r);
  let p = f64x2.splat(4.1381367970572385e-8);
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(-1.6533902205465252e-6));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(6.613756321437934e-5));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(-0.0027777777777015593));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(0.16666666666666602));
  const d = f64x2.sub(f64x2.splat(2), f64x2.sub(r, f64x2.mul(p, s)));
  const t = f64x2.add(f64x2.mul(f64x2.add(a, a), r), f64x2.mul(f64x2.sub(a, one), d));
  const y = f64x2.div(t, f64x2.add(t, f64x2.add(d, d)));
  return v128.or(y, v128.and(x, signBit));
}

/** d <- d (1 - h^2), through the derivative of tanh where it came to h. */
export function slope(d: usize, h: usize, count: i32): void {
  const bytes = (<usize>count) << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(h + i);
    v128.store(d + i, f64x2.mul(v128.load(d + i), f64x2.sub(f64x2.splat(1), f64x2.mul(y, y))));
  }
}

/** d <- d + e. */
export function add(d: usize, e: usize, count: i32): void {
  const bytes = (<usize>count) << 3;
  for (let i: usize = 0; i < bytes; i += 16) v128.store(d + i, f64x2.add(v128.load(d + i), v128.load(e + i)));
}
