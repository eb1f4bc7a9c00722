// Lines with many points: what of them a screen can show without hiding anything, and smoothing.
import type { Line } from './data.ts';

// The first index whose x is not below `value`.
export function lower(x: Float64Array, value: number): number {
  let low = 0, high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The points of [from, to], and one beyond each end; where there are more than a screen of `pixels` columns can tell apart, the first,
// lowest, highest and last of each column: so every spike stays, and lines between columns are those of the whole line.
export function decimate(line: Line, from: number, to: number, pixels: number): Line {
  const { x, y } = line, begin = Math.max(0, lower(x, from) - 1), end = Math.min(x.length, lower(x, to) + 2);
  if (end - begin <= 4 * pixels) return { x: x.slice(begin, end), y: y.slice(begin, end) };
  const xs: number[] = [], ys: number[] = [], width = (to - from) / pixels || 1;
  for (let i = begin; i < end; ) {
    const column = Math.floor((x[i] - from) / width), first = i;
    let low = i, high = i;
    const stop = from + (column + 1) * width;
    do {
      if (y[i] < y[low] || y[low] !== y[low]) low = i;
      if (y[i] > y[high] || y[high] !== y[high]) high = i;
      ++i;
    } while (i < end && x[i] < stop);
    const picked = [first, Math.min(low, high), Math.max(low, high), i - 1];
    for (let k = 0; k < 4; ++k) {
      if (k > 0 && picked[k] === picked[k - 1]) continue;
      xs.push(x[picked[k]]), ys.push(y[picked[k]]);
    }
  }
  return { x: Float64Array.from(xs), y: Float64Array.from(ys) };
}

// Exponential mean with the weight of its start taken out, as TensorBoard does it. amount: 0 leaves the line as it is.
export function smooth(line: Line, amount: number): Line {
  if (amount <= 0) return line;
  const y = new Float32Array(line.y.length);
  let mean = 0, weight = 1;
  for (let i = 0; i < y.length; ++i) {
    const v = line.y[i];
    if (!Number.isFinite(v)) { y[i] = NaN; continue; }
    mean = mean * amount + v * (1 - amount), weight *= amount;
    y[i] = mean / (1 - weight);
  }
  return { x: line.x, y };
}

// Several lines on one axis: all x in order, and each line's values where it has one.
export function join(lines: Line[]): [number[], ...(number | null | undefined)[][]] {
  const at = lines.map(() => 0), x: number[] = [], ys: (number | null | undefined)[][] = lines.map(() => []);
  for (;;) {
    let next = Infinity;
    lines.forEach((l, k) => { if (at[k] < l.x.length && l.x[at[k]] < next) next = l.x[at[k]]; });
    if (next === Infinity) return [x, ...ys];
    // A line may have several points at one x (a column's lowest and highest never do; equal steps of two sessions may).
    lines.forEach((l, k) => {
      if (at[k] < l.x.length && l.x[at[k]] === next) {
        const v = l.y[at[k]++];
        ys[k].push(Number.isFinite(v) ? v : null);
      } else ys[k].push(undefined);
    });
    x.push(next);
  }
}

// The point nearest to x.
export function nearest(line: Line, x: number): number {
  const i = lower(line.x, x);
  if (i === 0) return 0;
  return i < line.x.length && line.x[i] - x < x - line.x[i - 1] ? i : i - 1;
}
