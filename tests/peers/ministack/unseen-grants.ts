import type { Exception } from '../../infra/iam/exceptions.ts';

export const UNSEEN: readonly Exception[] = [];
