export { SigningError, type SigningOptions, signedFetch } from '../adapters/aws/signed-fetch.ts';
