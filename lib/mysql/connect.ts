import { readFile } from 'node:fs/promises';
import { type Connection, type ConnectionOptions, createConnection, type SslOptions } from 'mysql2/promise';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { ConnectionSettings, TlsSettings } from '../settings/settings.js';
import { present } from '../util/present.js';
import { accessDenied, isAccessDenied, isUnknownDatabase } from './errors.js';

const connectLimitMs = 10_000;

/**
 * Opens a connection without a default schema, so that a statement that does not name its schema fails instead of hitting
 * a table of the same name.
 * @throws {Fault} exit code 11 if the server cannot be reached or refuses the account
 */
export async function connect(settings: ConnectionSettings): Promise<Connection> {
  try {
    return await attempt(settings, await tlsOptions(settings));
  } catch (error) {
    if (settings.tls.mode === 'preferred' && lacksTls(error)) {
      return attempt(settings, undefined).catch((second: unknown) =>
        Promise.reject(explain(second, settings)),
      );
    }
    throw explain(error, settings);
  }
}

function attempt(settings: ConnectionSettings, ssl: SslOptions | undefined): Promise<Connection> {
  const options: ConnectionOptions = {
    user: settings.user,
    password: settings.password?.reveal() ?? '',
    connectTimeout: connectLimitMs,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    multipleStatements: false,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    ...(settings.socketPath === undefined
      ? { host: settings.host, port: settings.port }
      : { socketPath: settings.socketPath }),
    ...(ssl && { ssl }),
  };
  return originalOf<(options: ConnectionOptions) => Promise<Connection>>(createConnection)(options);
}

async function tlsOptions(settings: ConnectionSettings): Promise<SslOptions | undefined> {
  const { tls } = settings;
  if (tls.mode === 'disabled' || settings.socketPath !== undefined) return undefined;
  const [ca, cert, key] = await Promise.all([pem(tls, 'ca'), pem(tls, 'cert'), pem(tls, 'key')]);
  return present({
    rejectUnauthorized: tls.mode === 'verify-ca' || tls.mode === 'verify-identity',
    verifyIdentity: tls.mode === 'verify-identity',
    ca,
    cert,
    key,
  });
}

async function pem(tls: TlsSettings, which: 'ca' | 'cert' | 'key'): Promise<string | undefined> {
  const path = tls[which];
  if (path === undefined) return undefined;
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Fault(`--ssl-${which} names ${path}, which cannot be read.`, {
      id: 'ssl-file',
      exitCode: exitCodes.usage,
      next: 'Give the path of a readable PEM file.',
      cause,
    });
  });
}

function lacksTls(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'HANDSHAKE_NO_SSL_SUPPORT';
}

function explain(error: unknown, settings: ConnectionSettings): Fault {
  if (error instanceof Fault) return error;
  const place = settings.socketPath ?? `${settings.host}:${settings.port}`;
  const said = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
  const fault = (id: string, text: string, next: string) =>
    new Fault(text, { id, exitCode: exitCodes.environment, next, cause: error });
  if (isAccessDenied(error)) {
    const { id, text } = accessDenied(`The server at ${place} refuses ${settings.user}: ${said}`);
    const next = 'Check --user and the password (ALTERWISE_PASSWORD, an option file, or --ask-password).';
    return fault(id, text, next);
  }
  if (isUnknownDatabase(error)) {
    return fault(
      'unknown-database',
      `The server at ${place} has no such schema: ${said}`,
      'Check --database.',
    );
  }
  if (lacksTls(error)) {
    const text = `The server at ${place} does not offer TLS, and --ssl-mode is ${settings.tls.mode}.`;
    return fault('no-tls', text, 'Enable TLS on the server, or use --ssl-mode preferred.');
  }
  const next =
    'Check --host and --port (or --socket), that the server is up, and that no firewall is in the way.';
  return unreachable(`The server at ${place} cannot be reached: ${said}`, next, error);
}

export function unreachable(text: string, next: string, cause?: unknown): Fault {
  return new Fault(text, { id: 'unreachable', exitCode: exitCodes.environment, next, cause });
}

export function isUnreachable(error: unknown): error is Fault {
  return error instanceof Fault && error.id === unreachable('', '').id;
}

const key = Symbol.for('alterwise.original');

type AnyFunction = (...args: never[]) => unknown;

/** Remembers which function of mysql2 an intercepted one replaces. */
export function rememberOriginal<Make extends AnyFunction>(intercepted: Make, original: AnyFunction): Make {
  return Object.assign(intercepted, { [key]: original });
}

export function isIntercepted(make: AnyFunction): boolean {
  return key in make;
}

/** mysql2's own function: alterwise's own connections must not be intercepted. */
function originalOf<Make extends AnyFunction>(make: Make): Make {
  return (Reflect.get(make, key) as Make | undefined) ?? make;
}
