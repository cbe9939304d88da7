import type { Reporter, ReportStream } from './reporter.js';

/** Events for programs: one JSON object a line, as `docs/schema/event.schema.json` describes it. */
export function ndjsonReporter(stream: ReportStream, run: string): Reporter {
  return {
    emit(event) {
      const line = { version: 1, time: new Date().toISOString(), run, ...event };
      stream.write(`${JSON.stringify(line)}\n`);
    },
    stop: () => undefined,
  };
}
