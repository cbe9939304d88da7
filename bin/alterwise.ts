#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { endWhenIdle, processIo } from '../lib/cli/io.js';
import { main } from '../lib/cli/main.js';

// It waits far more than it computes: a heap of short-lived objects that doubles and doubles serves nobody.
setFlagsFromString('--semi-space-growth-factor=1');

process.exitCode = await main(process.argv.slice(2), processIo());
endWhenIdle();
