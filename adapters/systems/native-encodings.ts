/**
 * What mysql2 asks iconv-lite for: encodings that Node.js does not have. Rotations speak utf8mb4 alone, so bundles hold this file in the
 * place of half a megabyte of tables (infra/bundle.ts).
 */
const unknown = (encoding: string): never => {
  throw new TypeError(`The encoding ${encoding} is none of Node.js's own.`);
};

export const getDecoder = (encoding: string): never => unknown(encoding);
export const getEncoder = (encoding: string): never => unknown(encoding);
