#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Half of the time of a short command is the compiling of its modules. The user's own directory: in the system's temporary one,
// which is Node's choice, anybody could leave code for others to run.
enableCompileCache(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'slipway', 'compiled'));
await import('./process.ts');
