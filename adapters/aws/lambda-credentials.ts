/**
 * What the SDK's clients look for in the credentials of, in the bundles of functions: Lambda gives a role's credentials in the
 * environment, so that the profiles, sign-ons and metadata services of the whole chain are left out of them.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
