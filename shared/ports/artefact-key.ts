import { StoreRejectedError } from '../errors/store-errors.ts';

const PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
/** S3's limit on a key. */
const LONGEST = 1_024;
/** The limit of file systems on one name, with room for what a writer appends. */
const LONGEST_PART = 200;

/** Refuses keys that are not `[A-Za-z0-9._-]` parts between single slashes; no part begins with a dot. Throws StoreRejectedError. */
export const checkArtefactKey = (key: string): void => {
  const valid = key.length <= LONGEST && key.split('/').every((part) => PART.test(part) && part.length <= LONGEST_PART);
  if (valid) return;
  throw new StoreRejectedError(`'${key.slice(0, 100)}' is no key of an artefact.`, {
    next: 'Use parts of letters, digits, dots, hyphens and underscores between single slashes.',
  });
};
