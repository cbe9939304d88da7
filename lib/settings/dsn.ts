import { didYouMean } from '../text/nearest.js';
import type { Given, Layer, Notes } from './layers.js';
import type { OptionName } from './options.js';
import { maskDsn } from './secret.js';

const parameters = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'socket'] as const satisfies OptionName[];

/**
 * Takes a DSN apart: `mysql://user:password@host:3306/database?ssl-mode=…&ssl-ca=…&socket=…`.
 *
 * @param dsn - The DSN and where it came from.
 * @param notes - Takes faults, and warnings for the parameters of a DATABASE_URL that mean something to the
 *   application only.
 */
export function dsnLayer(dsn: Given, notes: Notes): Layer {
  const layer = new Map<OptionName, Given>();
  const url = readUrl(String(dsn.raw));
  if (!url) {
    notes.faults.push(
      `${dsn.label}: expected mysql://user@host:3306/database, got ${JSON.stringify(maskDsn(String(dsn.raw)))}; characters such as @ / # ? % in a name or password are written as %40 %2F %23 %3F %25`,
    );
    return layer;
  }
  const put = (name: OptionName, raw: string) => {
    if (raw !== '') layer.set(name, { raw, label: `${name} in ${dsn.label}`, origin: dsn.origin });
  };
  put('host', url.hostname.replace(/^\[|\]$/g, ''));
  put('port', url.port);
  put('user', decodeURIComponent(url.username));
  put('password', decodeURIComponent(url.password));
  put('database', decodeURIComponent(url.pathname.slice(1)));
  for (const [key, value] of url.searchParams) {
    const name = parameters.find((parameter) => parameter === key.toLowerCase().replaceAll('_', '-'));
    if (name) put(name, value);
    else if (dsn.label === 'DATABASE_URL')
      notes.warnings.push(`DATABASE_URL: the parameter ${key} was not used.`);
    else notes.faults.push(`${dsn.label}: ${key} is not a parameter${didYouMean(key, parameters)}`);
  }
  return layer;
}

function readUrl(text: string): URL | undefined {
  if (!/^(mysql2?|mariadb):\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  try {
    for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part);
  } catch {
    // A lone % is not an escape: the caller says how to write it.
    return undefined;
  }
  return url;
}
