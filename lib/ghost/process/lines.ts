import { StringDecoder } from 'node:string_decoder';

/** A row value can be large; what goes past this of a line is left out. */
const longestLine = 64 * 1024;

/** Cuts a stream of bytes into lines; the last one may have no end. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #parts: string[] = [];
  #length = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  end(): void {
    this.#take(this.#decoder.end());
    if (this.#parts.length > 0) this.#flush();
  }

  #take(text: string): void {
    const pieces = text.split('\n');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) this.#flush();
      if (piece === '' || this.#length >= longestLine) continue;
      const kept = piece.slice(0, longestLine - this.#length);
      this.#parts.push(kept);
      this.#length += kept.length;
    }
  }

  #flush(): void {
    const line = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
