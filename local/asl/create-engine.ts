import { EmbeddedEngine } from './embedded-engine.ts';
import type { Engine, EngineOptions } from './engine.ts';

export const createEngine = (options: EngineOptions): Engine => new EmbeddedEngine(options);
