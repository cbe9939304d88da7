#!/usr/bin/env node
import { processIo } from '../lib/cli/io.js';
import { main } from '../lib/cli/main.js';

process.exitCode = await main(process.argv.slice(2), processIo());
