import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Started {
  pid?: number;
  port: number;
  dataDir?: string;
}

/** What is left of a server: its process, its folder, its port. Waits a while for all of them to go. */
export async function tracesOf(server: Started, limitMs = 0): Promise<string[]> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const left = await look(server);
    if (left.length === 0 || Date.now() >= deadline) return left;
    await sleep(100);
  }
}

async function look({ pid = 0, port, dataDir = '' }: Started): Promise<string[]> {
  const left: string[] = [];
  if (isAlive(pid)) left.push(`process ${pid}`);
  if (existsSync(dirname(dataDir))) left.push(`folder ${dirname(dataDir)}`);
  if (await answers(port)) left.push(`port ${port}`);
  return left;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
