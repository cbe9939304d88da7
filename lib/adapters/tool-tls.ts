import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadedSettings } from '../settings/load.js';
import type { TlsSettings } from '../settings/settings.js';
import type { ToolConfig, ToolTls } from './tool-connection.js';

let folder: string | undefined;

/**
 * TLS as the tool's connection has it; where `--ssl-mode` is set for alterwise, that. mysql2 takes certificates as
 * text, and gh-ost as files: they are written to a folder that only this account can read, and removed at the end of
 * the process.
 */
export async function tlsOfTool(
  { ssl }: ToolConfig,
  { settings, origins }: LoadedSettings,
): Promise<TlsSettings> {
  if (origins.has('ssl-mode') || origins.has('ssl-ca') || !ssl) return settings.connection.tls;
  return { mode: modeOf(ssl), ...filesOf(ssl) };
}

function modeOf({ rejectUnauthorized, verifyIdentity }: ToolTls): TlsSettings['mode'] {
  if (rejectUnauthorized === false) return 'required';
  return verifyIdentity === true ? 'verify-identity' : 'verify-ca';
}

function filesOf({ ca, cert, key }: ToolTls): Partial<TlsSettings> {
  const files: Partial<TlsSettings> = {};
  for (const [name, pem] of Object.entries({ ca, cert, key })) {
    if (pem === undefined || pem === null) continue;
    const text = [pem].flat().map(String).join('\n');
    files[name as 'ca' | 'cert' | 'key'] = fileWith(`${name}.pem`, text);
  }
  return files;
}

function fileWith(name: string, text: string): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'alterwise-tls-')); // 0700
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
