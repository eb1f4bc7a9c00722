// What the program puts into the page (synfire/report/collect.h and its neighbours), and how packed numbers are read.

export type Metrics = Record<string, number>;
export interface Epoch { step: number; epoch: number; seconds?: number; train: Metrics; validation: Metrics; best: boolean }
export interface Curves { first: number; steps?: string; loss: string; rate: string; epochs: Epoch[] }
export interface Sample {
  row: number; file?: string; loss: number | null; actual: number | number[]; predicted: number | number[];
  top?: [number, number][]; picture?: string; features?: string;
}
export interface Judged {
  part: string; weights?: string; rows: number; metrics?: Metrics; confusion?: string;
  calibration?: { n: number; confidence?: number; accuracy?: number }[];
  samples?: Sample[]; worst?: number[]; some?: number[]; cells?: [number, number, number[]][];
  points?: { actual: string; predicted: string };
}
export interface Column { name: string; mean: number; deviation: number; low: number; high: number; bins?: number[] }
export interface DataCard {
  split: Record<string, number>; bytes: number; augment: string[]; columns: Column[]; columns_in_all?: number;
  balance?: string; targets?: Column[]; examples?: [number, string[]][]; warnings?: string[]; told?: string[];
}
export interface Layer {
  name: string; kind: string; from: string[]; input: number[]; output: number[]; parameters: number; macs: number; settings?: string;
}
export interface Filters { layer: string; count: number; height: number; width: number; channels: number; largest: number[]; weights: string }
export interface Network { layers: Layer[]; parameters: number; macs: number; bytes: number; filters?: Filters }
export interface Histogram { min: number; max: number; counts: number[] }
export interface HealthLayer {
  name: string; kind: string; weight_norm: string; grad_norm: string; update_ratio: string; activation_mean: string; activation_std: string;
  dead: string; saturated: string; histograms: { step: number; weights?: Histogram; gradients?: Histogram; activations?: Histogram }[];
}
export interface Finding { name: string; severity: string; layer?: string; where?: string; step?: number; message: string; hint?: string }
export interface Health { steps: string; layers: HealthLayer[]; findings?: Finding[] }
export interface Info {
  program?: string; started?: string; host?: string; system?: string; level?: string; threads?: number; git_commit?: string; seed?: number;
  model_file?: string; folder?: string; overrides?: string[]; config?: unknown;
  data?: { name?: string; sha256?: string; rows?: number; sample?: number[]; classes?: string[]; targets?: string[]; features?: string[] };
  result?: { finished?: string; epochs?: number; steps?: number; seconds?: number; stopped_early?: boolean; of_best?: boolean; peak_memory?: number; train?: Metrics; validation?: Metrics; test?: Metrics };
  failure?: { at?: string; message: string; hint?: string };
}
export type State = 'finished' | 'interrupted' | 'diverged' | 'training';
export interface Run {
  name: string; path: string; state: State; notes: string[]; info: Info; model_text: string; curves: Curves;
  data?: DataCard; network?: Network; judged?: Judged; health?: Health;
}
export interface Report { format: number; runs: Run[] }

export function read(text: string): Report | null {
  try {
    const report = JSON.parse(text) as Report;
    return report.format === 1 && report.runs.length > 0 ? report : null;
  } catch {
    return null;
  }
}

function bytes(text: string): Uint8Array {
  const raw = atob(text), to = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; ++i) to[i] = raw.charCodeAt(i);
  return to;
}
export const f32 = (text: string | undefined) => new Float32Array(bytes(text ?? '').buffer);
export const i32 = (text: string | undefined) => new Int32Array(bytes(text ?? '').buffer);
export const i8 = (text: string | undefined) => new Int8Array(bytes(text ?? '').buffer);
export const picture = (text: string) => `data:image/png;base64,${text}`;

export interface Line { x: Float64Array; y: Float32Array | Float64Array }

// The value of every step, and of every epoch.
export function stepLine(curves: Curves, what: 'loss' | 'rate'): Line {
  const y = f32(curves[what]), x = new Float64Array(y.length);
  const steps = curves.steps ? i32(curves.steps) : null;
  for (let i = 0; i < x.length; ++i) x[i] = steps ? steps[i] : curves.first + i;
  return { x, y };
}
export function epochLine(curves: Curves, part: 'train' | 'validation', metric: string): Line {
  const points = curves.epochs.filter((e) => typeof e[part]?.[metric] === 'number');
  return { x: Float64Array.from(points, (e) => e.step), y: Float64Array.from(points, (e) => e[part][metric]) };
}
export function metricNames(curves: Curves, part: 'train' | 'validation'): string[] {
  const names = new Set<string>();
  for (const e of curves.epochs) for (const n of Object.keys(e[part] ?? {})) names.add(n);
  return [...names];
}
