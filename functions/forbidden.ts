import { PreparationError } from '../shared/errors/run-errors.ts';

/** Stands where a function has no permission, and says so when it is called all the same. */
export const forbidden = <Port extends object>(what: string): Port =>
  new Proxy({} as Port, {
    get: () => () => {
      throw new PreparationError(`This function may not call ${what}.`, { next: 'Permit it in functions/catalog.' });
    },
  });
