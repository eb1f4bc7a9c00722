// Numbers and names as people read them.
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const count = (v: number) => whole.format(v);
export function short(v: number): string {  // 12,345,678 -> 12.3 M
  if (Math.abs(v) < 10000) return count(v);
  for (const [size, name] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const) if (Math.abs(v) >= size * 0.9995) return `${(v / size).toPrecision(3)} ${name}`;
  return count(v);
}
export function bytes(v: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB'];
  let i = 0;
  while (v >= 1023.5 && i < 4) v /= 1024, ++i;
  return `${v.toFixed(i === 0 || v >= 100 ? 0 : 1)} ${names[i]}`;
}
export function number(v: number | null | undefined, digits = 4): string {
  if (v === null || v === undefined || Number.isNaN(v)) return '–';
  if (!Number.isFinite(v)) return v > 0 ? '∞' : '−∞';
  if (v === 0) return '0';
  const size = Math.abs(v);
  if (v !== 0 && (size < 1e-4 || size >= 1e6)) return v.toExponential(Math.max(0, digits - 2)).replace('-', '−');
  return (size >= 1000 || (Number.isInteger(v) && size < 1e6) ? count(v) : String(Number(v.toPrecision(digits)))).replace('-', '−');
}
export const grouped = (v: number, places: number) => v.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places }).replace('-', '−');
export const percent = (v: number, digits = 1) => `${(100 * v).toFixed(digits)}\u00a0%`;
export function duration(s: number): string {
  if (s < 1) return `${s < 0.01 ? (1000 * s).toPrecision(2) : Math.round(1000 * s)} ms`;
  if (s < 60) return `${s.toFixed(1)} s`;
  const m = Math.floor(s / 60);
  return m < 60 ? `${m} min ${String(Math.round(s % 60)).padStart(2, '0')} s` : `${Math.floor(m / 60)} h ${String(m % 60).padStart(2, '0')} min`;
}
export function date(text: string | undefined): string {
  const d = new Date(text ?? '');
  return Number.isNaN(d.valueOf()) ? '' : d.toLocaleString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' });
}
export const dims = (list: number[]) => (list.length ? list.join(' × ') : '1');
export const title = (name: string) => ({ mae: 'MAE', rmse: 'RMSE', r2: 'R²', f1: 'F1', top5: 'top-5 accuracy' })[name] ?? name;
// The features of a row as its table had them: of the levels that a category became, the one that holds. Years are not grouped.
export function row(names: string[], values: number[]): [string, string][] {
  const list: [string, string][] = [];
  values.forEach((v, i) => {
    const name = names[i] ?? `feature ${i + 1}`, at = name.indexOf('='), of = name.slice(0, at);
    const level = at > 0 && names.filter((n) => n.startsWith(`${of}=`)).length > 1 && (v === 0 || v === 1);
    if (!level) list.push([name, Number.isInteger(v) && Math.abs(v) < 10000 ? String(v).replace('-', '−') : number(v)]);
    else if (v === 1) list.push([of, name.slice(at + 1)]);
  });
  return list;
}
export const isShare = (name: string) => ['accuracy', 'top5', 'precision', 'recall', 'f1'].includes(name);
export const metric = (name: string, v: number) => (isShare(name) ? percent(v, 2) : number(v));
export const lowerIsBetter = (name: string) => ['loss', 'mae', 'rmse'].includes(name);

// Half of the 95 % interval of a share found in n samples (Wilson 1927).
export function wilson(p: number, n: number): number {
  const z = 1.96;
  return (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
}
