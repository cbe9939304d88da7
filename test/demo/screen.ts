import { humanMs } from '../../lib/text/human.js';
import { cut, ink, type TextStyle } from '../../lib/text/layout.js';

/** Where the story is told: a terminal, or the log of a CI system. */
export interface Screen {
  readonly style: TextStyle;
  headline(text: string): void;
  say(text: string): void;
  /** Shows what is being waited for, and for how long; `tell` says how far it is. */
  waiting<T>(text: string, work: (tell: (text: string) => void) => Promise<T>): Promise<T>;
}

type Stream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const redrawMs = 100;
/** A wait that is over sooner is only told when it is over. */
const lineAfterMs = 1_500;
const lineEveryMs = 10_000;

export function screenOn(stream: Stream, env: NodeJS.ProcessEnv = process.env): Screen {
  const isTerminal = stream.isTTY === true && env.TERM !== 'dumb';
  const style = { color: isTerminal && !env.NO_COLOR, columns: stream.columns ?? 100 };
  const write = (text: string) => void stream.write(text);
  return {
    style,
    headline: (text) => write(`\n${ink(style, 'bold', text)}\n`),
    say: (text) => write(`${text}\n`),
    async waiting(text, work) {
      const wait = new Wait(text);
      const show = isTerminal ? moving(wait, stream) : repeated(wait, write);
      try {
        const result = await work((far) => wait.tell(far));
        show.end(`  ${ink(style, 'green', '✔')} ${wait.text(text)}\n`);
        return result;
      } catch (error) {
        show.end(`  ${ink(style, 'red', '✖')} ${wait.text()}\n`);
        throw error;
      }
    },
  };
}

class Wait {
  readonly #began = performance.now();
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get ms(): number {
    return performance.now() - this.#began;
  }

  tell(text: string): void {
    this.#text = text;
  }

  text(text = this.#text): string {
    return `${text} (${humanMs(this.ms < 10_000 ? Math.round(this.ms / 100) * 100 : this.ms)})`;
  }
}

interface Shown {
  end(line: string): void;
}

/** One line, drawn again and again. */
function moving(wait: Wait, stream: Stream): Shown {
  const timer = setInterval(() => {
    const frame = frames[Math.floor(wait.ms / redrawMs) % frames.length] ?? '';
    stream.write(`\r\x1b[2K${cut(`  ${frame} ${wait.text()}`, (stream.columns ?? 80) - 1)}`);
  }, redrawMs);
  return {
    end(line) {
      clearInterval(timer);
      stream.write(`\r\x1b[2K${line}`);
    },
  };
}

/** A line now and then: CI systems end what is silent. */
function repeated(wait: Wait, write: (text: string) => void): Shown {
  const tell = () => write(`  … ${wait.text()}\n`);
  let timer = setTimeout(() => {
    tell();
    timer = setInterval(tell, lineEveryMs);
  }, lineAfterMs);
  return {
    end(line) {
      clearTimeout(timer);
      write(line);
    },
  };
}
