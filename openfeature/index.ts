export { type MemoryOptions, type ProviderMachine, type RemoteOptions, SlipwayProvider } from './slipway-provider.ts';
