import { fileURLToPath } from 'node:url';
import { EmbeddedCode } from '../../local/embedded-code.ts';
import { transformContract } from './transform-contract.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

transformContract('embedded', async () => {
  const code = new EmbeddedCode(() => undefined);
  return (exported) => code.transform(here, `./transform-fixture.ts#${exported}`);
});
