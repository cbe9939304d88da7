import { type Kind, list, textKind } from './kinds.js';

/** A server by its host, and its port if that was written. */
export interface Address {
  host: string;
  port?: number;
}

const pattern = /^(?:\[([0-9a-fA-F:]+)\]|([^\s:,]+))(?::(\d{1,5}))?$/;

/** `db2`, `db2:3307`, `[::1]:3307`; undefined if the text is no address. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, bare, port] = pattern.exec(text) ?? [];
  const host = bracketed ?? bare;
  return host === undefined ? undefined : { host, ...(port !== undefined && { port: Number(port) }) };
}

export const address: Kind<Address> = {
  ...textKind('HOST[:PORT]', pattern, 'a host, and a port if it differs', parseAddress),
  write({ host, port }) {
    const name = host.includes(':') ? `[${host}]` : host;
    return port === undefined ? name : `${name}:${port}`;
  },
};

const none = 'none';

/** `host:port` each. `none` alone says that there is none, which differs from saying nothing. */
export const replicas: Kind<readonly string[]> = {
  ...list(
    textKind('HOST:PORT', pattern, `host:port, or ${none}`, (raw) =>
      raw === none || parseAddress(raw)?.port !== undefined ? raw : undefined,
    ),
  ),
  settle: (written) => written.filter((each) => each !== none),
};
