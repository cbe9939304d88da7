export { type Comparison, compareWithTruth, type Sample } from './compare-with-truth.js';
export { type FillOptions, fillTable } from './fill-table.js';
export type { LatencySummary } from './latencies.js';
export { type Load, type LoadOptions, type LoadReport, startLoad } from './start-load.js';
export type { LoadColumn, LoadTable } from './table.js';
